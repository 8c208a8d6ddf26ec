/**
 * GET /settings/passkeys/new, POST /settings/passkeys/options (a challenge for the browser, as JSON),
 * POST /settings/passkeys (its answer) and POST /settings/passkeys/:id/remove
 */
import { type Context, Hono } from "hono";
import { maxPasskeysPerUser } from "../accounts/passkeys.ts";
import { assetHref } from "../assets/href.ts";
import { newPasskeyPage } from "../presenters/passkeys.ts";
import type { Env } from "../services.ts";
import { HttpError } from "./http-error.ts";
import { setFlash } from "./page/flash.ts";
import { addCookies, clientRequest, formField } from "./page/form-fields.ts";
import { passkeyHost, readPasskeyResponse } from "./page/passkey-response.ts";
import { recordSecurityEvent } from "./page/security-event.ts";
import { layoutWithTray, type TrayServices } from "./page/tray.ts";

const maxNameLength = 80;
const home = "/settings/security";

export function passkeySettingsRoutes(services: TrayServices): Hono<Env> {
  const { accounts, config } = services;
  const { passkeys } = accounts;
  const routes = new Hono<Env>();

  routes.get("/settings/passkeys/new", (c) => renderForm(c, services));

  routes.post("/settings/passkeys/options", async (c) => {
    const request = clientRequest(c, config);
    const body = await c.req.parseBody();
    if (!(await accounts.isPassword(request, formField(body, "password")))) {
      await recordSecurityEvent(c, services, "password_failed", c.var.person.userId);
      return c.json({ error: "Wrong password" }, 422);
    }
    if ((await passkeys.list(request)).length >= maxPasskeysPerUser)
      return c.json({ error: `You have ${maxPasskeysPerUser} passkeys, the maximum` }, 422);
    const { options, cookies } = await passkeys.beginRegistration(request);
    addCookies(c, cookies);
    return c.json(options);
  });

  routes.post("/settings/passkeys", async (c) => {
    const body = await c.req.parseBody();
    const name = formField(body, "name").trim().slice(0, maxNameLength) || "Passkey";
    const response = readPasskeyResponse(formField(body, "response"));
    const request = clientRequest(c, config);
    if (!response || !(await passkeys.register(request, name, response))) {
      c.status(422);
      return renderForm(c, services, name, "The passkey could not be added. Try again.");
    }
    await recordSecurityEvent(c, services, "passkey_added", c.var.person.userId, { name });
    setFlash(c, { tone: "good", text: "Passkey added." }, config);
    return c.redirect(home, 303);
  });

  routes.post("/settings/passkeys/:id/remove", async (c) => {
    const name = await passkeys.remove(clientRequest(c, config), c.req.param("id"));
    if (name === undefined) throw passkeyNotFound();
    await recordSecurityEvent(c, services, "passkey_removed", c.var.person.userId, { name });
    setFlash(c, { tone: "good", text: "Passkey removed." }, config);
    return c.redirect(home, 303);
  });

  return routes;
}

async function renderForm(
  c: Context<Env>,
  services: TrayServices,
  name = "",
  error = "",
): Promise<Response> {
  const title = "Add a passkey";
  const script = assetHref("passkeys.js");
  const layout = await layoutWithTray(c, services, { title, section: "settings", script });
  const page = newPasskeyPage(layout, { name, error, host: passkeyHost(services.config) });
  return c.html(services.render.page("settings/new_passkey", page));
}

function passkeyNotFound(): HttpError {
  return new HttpError({
    status: 404,
    title: "Already removed",
    detail: "This passkey no longer exists. It may have been removed in another window.",
    links: [{ href: home, text: "Settings" }],
  });
}
