/** GET and POST /sign-up */
import { type Context, Hono } from "hono";
import { z } from "zod";
import { passwordLength } from "../accounts/auth.ts";
import type { SignUpPage } from "../presenters/sessions.ts";
import type { Env, Services } from "../services.ts";
import { noStore } from "./middleware/no-store.ts";
import { maxCredentialBytes, protectForms } from "./middleware/protect-forms.ts";
import { rateLimit } from "./middleware/rate-limit.ts";
import { addCookies, clientInfo, formField } from "./page/form-fields.ts";
import { currentPerson, layoutFor, type PageServices } from "./page/layout.ts";
import { localPath } from "./page/return-path.ts";

const { min, max } = passwordLength;
const signUpSchema = z.object({
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

type Form = Awaited<ReturnType<typeof readForm>>;
type Errors = Partial<SignUpPage["errors"]>;

export function signUpRoutes(services: PageServices & Pick<Services, "backend">): Hono<Env> {
  const { accounts, config } = services;
  const routes = new Hono<Env>();

  const limits = rateLimit(services, {
    countSuccess: true,
    reject: async (c, email) => signUpPage(c, services, await readForm(c), { email }),
  });

  routes.use("/sign-up", noStore);

  routes.get("/sign-up", async (c) => {
    const next = localPath(c.req.query("next"));
    if (await currentPerson(c, services)) return c.redirect(next, 303);
    return signUpPage(c, services, { name: "", email: "", next });
  });

  routes.post(
    "/sign-up",
    protectForms(services, { maxBytes: maxCredentialBytes }),
    ...limits,
    async (c) => {
      const form = await readForm(c);
      const checked = signUpSchema.safeParse(form);
      if (!checked.success) return invalid(c, form, firstErrors(checked.error));
      const signedIn = await accounts.signUp(checked.data, clientInfo(c, config));
      if (!signedIn) {
        return invalid(c, form, { email: "An account with this email exists. Sign in instead." });
      }
      addCookies(c, signedIn.cookies);
      return c.redirect(form.next, 303);
    },
  );

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
    ...{ name, email, next },
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
