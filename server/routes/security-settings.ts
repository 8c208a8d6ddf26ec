/** GET /settings/security, POST /settings/password */
import { Hono } from "hono";
import { findPasswordProblem } from "../accounts/password-rules.ts";
import type { PasswordErrors } from "../presenters/security-settings.ts";
import type { Env } from "../services.ts";
import { setFlash } from "./page/flash.ts";
import { addCookies, clientRequest, formField } from "./page/form-fields.ts";
import { recordSecurityEvent } from "./page/security-event.ts";
import { renderSecuritySettings } from "./page/security-settings-page.ts";
import type { TrayServices } from "./page/tray.ts";

export function securitySettingsRoutes(services: TrayServices): Hono<Env> {
  const { accounts, config } = services;
  const routes = new Hono<Env>();

  routes.get("/settings/security", (c) => renderSecuritySettings(c, services));

  routes.post("/settings/password", async (c) => {
    const { person } = c.var;
    const body = await c.req.parseBody();
    const [current, next] = [formField(body, "current"), formField(body, "next")];
    const refuse = (password: PasswordErrors) => {
      c.status(422);
      return renderSecuritySettings(c, services, { password });
    };
    const problem = await findPasswordProblem(next, person.email);
    if (problem) return refuse({ next: problem });
    const request = clientRequest(c, config);
    const changed = await accounts.changePassword(person, request, { current, next });
    if (!changed) {
      await recordSecurityEvent(c, services, "password_failed", person.userId);
      return refuse({ current: "Wrong password" });
    }
    await recordSecurityEvent(c, services, "password_changed", person.userId);
    addCookies(c, changed.cookies);
    const text = "Password changed. You're signed out on all other devices.";
    setFlash(c, { tone: "good", text }, config);
    return c.redirect("/settings/security", 303);
  });

  return routes;
}
