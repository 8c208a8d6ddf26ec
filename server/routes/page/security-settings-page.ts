import type { Context } from "hono";
import { passwordLength } from "../../accounts/password-rules.ts";
import { passkeyView } from "../../presenters/passkeys.ts";
import {
  type PasswordErrors,
  passwordFields,
  type SecurityPage,
  sessionsView,
  sessionView,
  twoFactorView,
} from "../../presenters/security-settings.ts";
import type { Env } from "../../services.ts";
import { deviceName } from "../../text/device-name.ts";
import { takeFlashCookie } from "./flash.ts";
import { clientRequest } from "./form-fields.ts";
import { layoutWithTray, type TrayServices } from "./tray.ts";

/** Carries new recovery codes over the redirect to the page that shows them once. */
export const recoveryCodesCookie = "headway_recovery_codes";

/** Renders /settings/security, also with the errors of a form that was sent from it. */
export async function renderSecuritySettings(
  c: Context<Env>,
  services: TrayServices,
  errors: { password?: PasswordErrors } = {},
): Promise<Response> {
  const { accounts, config, render } = services;
  const { person } = c.var;
  const [sessions, count, twoFactor, passkeys] = await Promise.all([
    accounts.listSessions(person),
    accounts.countSessions(person),
    accounts.twoFactor.getStatus(person.userId),
    accounts.passkeys.list(clientRequest(c, config)),
  ]);
  const listed = sessions.map((session) =>
    sessionView(session, deviceName(session.userAgent), person.sessionId),
  );
  const page: SecurityPage = {
    layout: await layoutWithTray(c, services, { title: "Security", section: "settings" }),
    passwordFields: passwordFields(passwordLength.min, errors.password ?? {}),
    twoFactor: twoFactorView(twoFactor),
    newRecoveryCodes: takeFlashCookie(c, recoveryCodesCookie, config)?.split(" ") ?? [],
    passkeys: passkeys.map(passkeyView),
    ...sessionsView(listed, count),
  };
  return c.html(render.page("settings/security", page));
}
