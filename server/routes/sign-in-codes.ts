/** GET and POST /sign-in/code: the second step of a sign-in with two-factor authentication. */
import { type Context, Hono } from "hono";
import type { SignInCodePage } from "../presenters/sessions.ts";
import type { Env } from "../services.ts";
import { protectForms } from "./middleware/protect-forms.ts";
import { enter } from "./page/enter.ts";
import { setFlash } from "./page/flash.ts";
import { clientRequest, formField } from "./page/form-fields.ts";
import { currentPerson, layoutFor, type PageServices } from "./page/layout.ts";
import { localPath } from "./page/return-path.ts";
import { recordSecurityEvent } from "./page/security-event.ts";

export function signInCodeRoutes(services: PageServices): Hono<Env> {
  const { accounts, config } = services;
  const routes = new Hono<Env>();

  routes.get("/sign-in/code", async (c) => {
    // A browser with a session of somebody else has another form token.
    await currentPerson(c, services);
    return codePage(c, services, localPath(c.req.query("next")));
  });

  routes.post("/sign-in/code", protectForms(services), async (c) => {
    const body = await c.req.parseBody();
    const next = localPath(formField(body, "next"));
    const result = await accounts.twoFactor.signIn(
      clientRequest(c, config),
      formField(body, "code"),
    );
    switch (result.outcome) {
      case "signed in":
        return enter(c, services, result, result.method, next);
      case "wrong code": {
        const { userId } = result;
        await recordSecurityEvent(c, services, "sign_in_failed", userId, { method: "code" });
        c.status(422);
        return codePage(c, services, next, "Wrong code");
      }
      case "locked":
        c.status(429);
        c.header("Retry-After", String(lockMinutes * 60));
        return codePage(c, services, next, `Too many wrong codes. Wait ${lockMinutes} minutes.`);
      case "expired":
        setFlash(c, { tone: "plain", text: expiredText }, config);
        return c.redirect(`/sign-in?next=${encodeURIComponent(next)}`, 303);
    }
  });

  return routes;
}

/** The default of better-auth's plug-in. */
const lockMinutes = 15;
const expiredText = "The code came too late, or was wrong too often. Sign in again.";

function codePage(
  c: Context<Env>,
  services: PageServices,
  next: string,
  error = "",
): Response | Promise<Response> {
  const page: SignInCodePage = {
    layout: layoutFor(c, services, { title: "Enter a code", section: null }),
    field: {
      ...{ id: "code", name: "code", label: "Code", type: "text", value: "", error },
      ...{ autocomplete: "one-time-code", help: "Six digits, or one of your recovery codes." },
    },
    next,
  };
  return c.html(services.render.page("sessions/code", page));
}
