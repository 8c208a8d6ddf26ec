import { Hono } from "hono";
import { demoAccount } from "../accounts/demo-account.ts";
import type { SignInPage } from "../presenters/settings.ts";
import type { Env } from "../services.ts";
import { rateLimit } from "./middleware/rate-limit.ts";
import { addCookies, field, visitorOf } from "./page/form.ts";
import { protectForms, requirePerson } from "./page/guard.ts";
import { currentPerson, type Handled, layoutFor, type PageServices } from "./page/layout.ts";
import { localPath } from "./page/return-path.ts";

export function sessionRoutes(services: PageServices): Hono<Env> {
  const { accounts, config } = services;
  const routes = new Hono<Env>();

  const tries = rateLimit({
    countSuccess: false,
    proxies: config.proxies,
    refuse: async (c, error) => page(c, await typed(c), error),
  });

  routes.get("/sign-in", async (c) => {
    const next = localPath(c.req.query("next"));
    if (await currentPerson(c, services)) return c.redirect(next, 303);
    return page(c, { email: "", next });
  });

  routes.post("/sign-in", protectForms(services), ...tries, async (c) => {
    const { email, password, next } = await typed(c);
    const signedIn = await accounts.signIn({ email, password }, visitorOf(c, config));
    if (!signedIn) {
      c.status(422);
      return page(c, { email, next }, "The email or the password is wrong");
    }
    addCookies(c, signedIn.cookies);
    return c.redirect(next, 303);
  });

  routes.post("/sign-out", requirePerson(services), protectForms(services), async (c) => {
    const { cookies } = await accounts.signOut(c.req.raw.headers);
    addCookies(c, cookies);
    return c.redirect("/sign-in", 303);
  });

  async function page(c: Handled, given: { email: string; next: string }, error = "") {
    const data: SignInPage = {
      layout: layoutFor(c, services, { title: "Sign in", section: null }),
      email: given.email,
      next: given.next,
      error,
      demo: !config.production && (await accounts.findUser(demoAccount.email)) ? demoAccount : null,
    };
    return c.html(services.render.page("sessions/sign_in", data));
  }

  return routes;
}

async function typed(c: Handled) {
  const body = await c.req.parseBody();
  return {
    email: field(body, "email").trim(),
    password: field(body, "password"),
    next: localPath(field(body, "next")),
  };
}
