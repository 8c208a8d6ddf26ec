/** POST /sign-in/passkey/options (a challenge for the browser, as JSON) and POST /sign-in/passkey. */
import { Hono } from "hono";
import type { Env } from "../services.ts";
import { protectForms } from "./middleware/protect-forms.ts";
import { enter } from "./page/enter.ts";
import { setFlash } from "./page/flash.ts";
import { addCookies, clientRequest, formField } from "./page/form-fields.ts";
import type { PageServices } from "./page/layout.ts";
import { readPasskeyResponse } from "./page/passkey-response.ts";
import { localPath } from "./page/return-path.ts";
import { recordSecurityEvent } from "./page/security-event.ts";

export function passkeySignInRoutes(services: PageServices): Hono<Env> {
  const { accounts, config } = services;
  const { passkeys } = accounts;
  const routes = new Hono<Env>();

  routes.post("/sign-in/passkey/options", protectForms(services), async (c) => {
    const { options, cookies } = await passkeys.beginSignIn(clientRequest(c, config));
    addCookies(c, cookies);
    return c.json(options);
  });

  routes.post("/sign-in/passkey", protectForms(services), async (c) => {
    const body = await c.req.parseBody();
    const next = localPath(formField(body, "next"));
    const response = readPasskeyResponse(formField(body, "response"));
    const signedIn = response && (await passkeys.signIn(clientRequest(c, config), response));
    if (signedIn) return enter(c, services, signedIn, "passkey", next);
    await recordSecurityEvent(c, services, "sign_in_failed", null, { method: "passkey" });
    const text = "This passkey doesn't open an account here. Sign in with your password.";
    setFlash(c, { tone: "bad", text }, config);
    return c.redirect(`/sign-in?next=${encodeURIComponent(next)}`, 303);
  });

  return routes;
}
