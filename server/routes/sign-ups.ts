import { Hono } from "hono";
import { z } from "zod";
import { passwordLength } from "../accounts/auth.ts";
import type { SignUpPage } from "../presenters/settings.ts";
import type { Env } from "../services.ts";
import { rateLimit } from "./middleware/rate-limit.ts";
import { addCookies, field, visitorOf } from "./page/form.ts";
import { protectForms } from "./page/guard.ts";
import { currentPerson, type Handled, layoutFor, type PageServices } from "./page/layout.ts";
import { localPath } from "./page/return-path.ts";

const { min, max } = passwordLength;
const signUp = z.object({
  name: z.string().trim().min(1, "Enter your name").max(100, "Use at most 100 characters"),
  email: z
    .string()
    .trim()
    .toLowerCase()
    .max(254, "Use at most 254 characters")
    .pipe(z.email("Enter an email address such as ada@example.com")),
  password: z
    .string()
    .min(min, `Use at least ${min} characters`)
    .max(max, `Use at most ${max} characters`),
});

export function signUpRoutes(services: PageServices): Hono<Env> {
  const routes = new Hono<Env>();

  const tries = rateLimit({
    countSuccess: true,
    proxies: services.config.proxies,
    refuse: async (c, email) => page(c, await typed(c), { email }),
  });

  routes.get("/sign-up", async (c) => {
    const next = localPath(c.req.query("next"));
    if (await currentPerson(c, services)) return c.redirect(next, 303);
    return page(c, { name: "", email: "", next });
  });

  routes.post("/sign-up", protectForms(services), ...tries, async (c) => {
    const given = await typed(c);
    const checked = signUp.safeParse(given);
    if (!checked.success) return refused(c, given, firstErrors(checked.error));
    const signedIn = await services.accounts.signUp(checked.data, visitorOf(c, services.config));
    if (!signedIn) {
      return refused(c, given, { email: "There is an account with this email: sign in instead" });
    }
    addCookies(c, signedIn.cookies);
    return c.redirect(given.next, 303);
  });

  function refused(c: Handled, given: Typed, errors: Partial<SignUpPage["errors"]>) {
    c.status(422);
    return page(c, given, errors);
  }

  function page(
    c: Handled,
    given: Omit<Typed, "password">,
    errors?: Partial<SignUpPage["errors"]>,
  ) {
    const data: SignUpPage = {
      layout: layoutFor(c, services, { title: "Make an account", section: null }),
      name: given.name,
      email: given.email,
      next: given.next,
      errors: { name: "", email: "", password: "", ...errors },
    };
    return c.html(services.render.page("sessions/sign_up", data));
  }

  return routes;
}

type Typed = Awaited<ReturnType<typeof typed>>;

async function typed(c: Handled) {
  const body = await c.req.parseBody();
  return {
    name: field(body, "name"),
    email: field(body, "email"),
    password: field(body, "password"),
    next: localPath(field(body, "next")),
  };
}

function firstErrors(error: z.ZodError<z.output<typeof signUp>>): Partial<SignUpPage["errors"]> {
  const { fieldErrors } = z.flattenError(error);
  const first = Object.entries(fieldErrors).map(([name, messages]) => [name, messages[0]]);
  return Object.fromEntries(first);
}
