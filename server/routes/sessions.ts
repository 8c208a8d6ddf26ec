/** GET and POST /sign-in, POST /sign-in/demo, POST /sign-out */
import { type Context, Hono } from "hono";
import { demoAccount, hasDemoAccount } from "../accounts/demo-account.ts";
import { assetHref } from "../assets/href.ts";
import type { SignInPage } from "../presenters/sessions.ts";
import type { Env, Services } from "../services.ts";
import { maxCredentialBytes } from "./middleware/limit-body.ts";
import { limitSignIns } from "./middleware/limit-sign-ins.ts";
import { noStore } from "./middleware/no-store.ts";
import { protectForms } from "./middleware/protect-forms.ts";
import { type PersonServices, requirePerson } from "./middleware/require-person.ts";
import { enter } from "./page/enter.ts";
import { addCookies, clientInfo, formField } from "./page/form-fields.ts";
import { currentPerson, layoutFor, type PageServices } from "./page/layout.ts";
import { passkeyHost } from "./page/passkey-response.ts";
import { localPath } from "./page/return-path.ts";
import { recordSecurityEvent } from "./page/security-event.ts";

export function sessionRoutes(services: PersonServices & Pick<Services, "backend">): Hono<Env> {
  const { accounts, config } = services;
  const routes = new Hono<Env>();

  const limits = limitSignIns(services, {
    countSuccess: false,
    reject: async (c, error) => signInPage(c, services, await readForm(c), error),
  });

  const protect = protectForms(services, { maxBytes: maxCredentialBytes });
  routes.use("/sign-in", noStore);
  routes.use("/sign-in/*", noStore);

  routes.get("/sign-in", async (c) => {
    const next = localPath(c.req.query("next"));
    if (await currentPerson(c, services)) return c.redirect(next, 303);
    return signInPage(c, services, { email: "", next });
  });

  routes.post("/sign-in", protect, ...limits, async (c) => {
    const { email, password, next } = await readForm(c);
    const signedIn = await accounts.signIn({ email, password }, clientInfo(c, config));
    if (!signedIn) {
      const userId = (await accounts.findUser(email))?.id ?? null;
      await recordSecurityEvent(c, services, "sign_in_failed", userId, { method: "password" });
      c.status(422);
      return signInPage(c, services, { email, next }, "Wrong email or password");
    }
    return enter(c, services, signedIn, "password", next);
  });

  routes.post("/sign-in/demo", protect, ...limits, async (c) => {
    const { next } = await readForm(c);
    const isOffered = await offersDemo(services);
    const signedIn = isOffered ? await accounts.signIn(demoAccount, clientInfo(c, config)) : null;
    if (!signedIn) {
      c.status(422);
      return signInPage(c, services, { email: "", next }, "The demo account isn't available");
    }
    return enter(c, services, signedIn, "password", next);
  });

  routes.post("/sign-out", requirePerson(services), protectForms(services), async (c) => {
    const { cookies } = await accounts.signOut(c.req.raw.headers);
    await recordSecurityEvent(c, services, "signed_out", c.var.person.userId);
    addCookies(c, cookies);
    // Pages of the session that this browser has stored, also for its back button:
    // https://www.w3.org/TR/clear-site-data/
    c.header("Clear-Site-Data", '"cache"');
    return c.redirect("/sign-in", 303);
  });

  return routes;
}

async function signInPage(
  c: Context<Env>,
  services: PageServices,
  form: { email: string; next: string },
  error = "",
): Promise<Response> {
  const script = assetHref("passkeys.js");
  const page: SignInPage = {
    layout: layoutFor(c, services, { title: "Sign in", section: null, script }),
    email: form.email,
    next: form.next,
    error,
    demo: await offersDemo(services),
    passkeyHost: passkeyHost(services.config),
  };
  return c.html(services.render.page("sessions/sign_in", page));
}

async function offersDemo({ accounts, config }: PageServices): Promise<boolean> {
  return hasDemoAccount(config) && Boolean(await accounts.findUser(demoAccount.email));
}

async function readForm(c: Context<Env>) {
  const body = await c.req.parseBody();
  return {
    email: formField(body, "email").trim(),
    password: formField(body, "password"),
    next: localPath(formField(body, "next")),
  };
}
