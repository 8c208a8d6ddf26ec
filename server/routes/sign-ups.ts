/** GET and POST /sign-up */
import { type Context, Hono } from "hono";
import { z } from "zod";
import { findPasswordProblem, passwordLength } from "../accounts/password-rules.ts";
import type { SignUpPage } from "../presenters/sessions.ts";
import type { Env, Services } from "../services.ts";
import { maxCredentialBytes } from "./middleware/limit-body.ts";
import { limitSignIns } from "./middleware/limit-sign-ins.ts";
import { limitSignUps } from "./middleware/limit-sign-ups.ts";
import { noStore } from "./middleware/no-store.ts";
import { protectForms } from "./middleware/protect-forms.ts";
import { enter } from "./page/enter.ts";
import { clientInfo, formField } from "./page/form-fields.ts";
import { currentPerson, layoutFor, type PageServices } from "./page/layout.ts";
import { localPath } from "./page/return-path.ts";
import { recordSecurityEvent } from "./page/security-event.ts";

const signUpSchema = z.object({
  name: z.string().trim().min(1, "Enter your name").max(100, "Use at most 100 characters"),
  email: z
    .string()
    .trim()
    .toLowerCase()
    .max(254, "Use at most 254 characters")
    .pipe(z.email("Enter an email address such as ada@example.com")),
});

type Form = Awaited<ReturnType<typeof readForm>>;
type Errors = Partial<SignUpPage["errors"]>;

export function signUpRoutes(services: PageServices & Pick<Services, "backend">): Hono<Env> {
  const { accounts, config } = services;
  const routes = new Hono<Env>();

  const reject = async (c: Context<Env>, email: string) =>
    signUpPage(c, services, await readForm(c), { email });
  const limits = [
    ...limitSignIns(services, { countSuccess: true, reject }),
    limitSignUps(services, reject),
  ];

  routes.use("/sign-up", noStore);

  routes.get("/sign-up", async (c) => {
    const next = localPath(c.req.query("next"));
    if (await currentPerson(c, services)) return c.redirect(next, 303);
    return signUpPage(c, services, { name: "", email: "", next });
  });

  const protect = protectForms(services, { maxBytes: maxCredentialBytes });
  routes.post("/sign-up", protect, ...limits, async (c) => {
    const form = await readForm(c);
    const { password } = form;
    const checked = signUpSchema.safeParse(form);
    const passwordProblem = await findPasswordProblem(password, form.email);
    if (!checked.success || passwordProblem) {
      const errors = checked.success ? {} : firstErrors(checked.error);
      return invalid(c, form, { ...errors, password: passwordProblem ?? "" });
    }
    const signedIn = await accounts.signUp({ ...checked.data, password }, clientInfo(c, config));
    if (!signedIn) {
      const userId = (await accounts.findUser(checked.data.email))?.id ?? null;
      await recordSecurityEvent(c, services, "sign_in_failed", userId, { method: "password" });
      return invalid(c, form, { email: "An account with this email exists. Sign in instead." });
    }
    return enter(c, services, signedIn, "password", form.next);
  });

  function invalid(c: Context<Env>, form: Form, errors: Errors) {
    c.status(422);
    return signUpPage(c, services, form, errors);
  }

  return routes;
}

function signUpPage(
  c: Context<Env>,
  services: PageServices,
  { name, email, next }: Omit<Form, "password">,
  errors?: Errors,
): Response | Promise<Response> {
  const page: SignUpPage = {
    layout: layoutFor(c, services, { title: "Create account", section: null }),
    ...{ name, email, next, minPasswordLength: passwordLength.min },
    errors: { name: "", email: "", password: "", ...errors },
  };
  return c.html(services.render.page("sessions/sign_up", page));
}

async function readForm(c: Context<Env>) {
  const body = await c.req.parseBody();
  return {
    name: formField(body, "name"),
    email: formField(body, "email"),
    password: formField(body, "password"),
    next: localPath(formField(body, "next")),
  };
}

function firstErrors(error: z.ZodError<z.output<typeof signUpSchema>>): Errors {
  const { fieldErrors } = z.flattenError(error);
  const first = Object.entries(fieldErrors).map(([name, messages]) => [name, messages[0]]);
  return Object.fromEntries(first);
}
