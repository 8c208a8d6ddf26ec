/**
 * POST /settings/two-factor/set-up, /recovery-codes and /disable, each with a GET that asks for the
 * password, and GET and POST /settings/two-factor/confirm: the QR code, and the first code of the app.
 */
import { type Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { hostCookie, isSecure } from "../accounts/cookies.ts";
import {
  type ConfirmPasswordPage,
  twoFactorForms,
  twoFactorSetupPage,
} from "../presenters/two-factor.ts";
import type { Env } from "../services.ts";
import { setFlash, setFlashCookie } from "./page/flash.ts";
import { addCookies, clientRequest, formField } from "./page/form-fields.ts";
import { qrCode } from "./page/qr-code.ts";
import { recordSecurityEvent } from "./page/security-event.ts";
import { recoveryCodesCookie } from "./page/security-settings-page.ts";
import { layoutWithTray, type TrayServices } from "./page/tray.ts";

/** Carries the address of a secret that is not confirmed yet to the page with the QR code. */
const setupCookie = "headway_totp_setup";
const setupSeconds = 15 * 60;
const home = "/settings/security";

export function twoFactorSettingsRoutes(services: TrayServices): Hono<Env> {
  const { accounts, config } = services;
  const { twoFactor } = accounts;
  const routes = new Hono<Env>();
  const cookieOptions = { path: "/", httpOnly: true, sameSite: "Lax" } as const;

  for (const name of ["set-up", "recovery-codes", "disable"] as const)
    routes.get(`/settings/two-factor/${name}`, (c) => askPassword(c, services, name));

  routes.post("/settings/two-factor/set-up", async (c) => {
    const { userId } = c.var.person;
    if ((await twoFactor.getStatus(userId)).isEnabled) return c.redirect(home, 303);
    const uri = await twoFactor.begin(clientRequest(c, config), await readPassword(c));
    if (uri === null) return refusePassword(c, services, "set-up");
    const name = hostCookie(setupCookie, config);
    const options = { ...cookieOptions, secure: isSecure(config), maxAge: setupSeconds };
    setCookie(c, name, uri, options);
    return c.redirect("/settings/two-factor/confirm", 303);
  });

  routes.get("/settings/two-factor/confirm", (c) => confirmPage(c));

  routes.post("/settings/two-factor/confirm", async (c) => {
    const { person } = c.var;
    const code = formField(await c.req.parseBody(), "code");
    const confirmed = await twoFactor.confirm(person, clientRequest(c, config), code);
    if (!confirmed) {
      c.status(422);
      return confirmPage(c, "Wrong code. Check the clock of your device, and try the next code");
    }
    await recordSecurityEvent(c, services, "two_factor_enabled", person.userId);
    addCookies(c, confirmed.cookies);
    const options = { ...cookieOptions, secure: isSecure(config) };
    deleteCookie(c, hostCookie(setupCookie, config), options);
    return showCodes(c, confirmed.recoveryCodes, "Two-factor authentication is on.");
  });

  routes.post("/settings/two-factor/recovery-codes", async (c) => {
    const { userId } = c.var.person;
    if (!(await twoFactor.getStatus(userId)).isEnabled) return c.redirect(home, 303);
    const request = clientRequest(c, config);
    const codes = await twoFactor.createRecoveryCodes(request, await readPassword(c));
    if (!codes) return refusePassword(c, services, "recovery-codes");
    await recordSecurityEvent(c, services, "recovery_codes_created", userId);
    return showCodes(c, codes, "Your old recovery codes no longer work.");
  });

  routes.post("/settings/two-factor/disable", async (c) => {
    const { person } = c.var;
    if (!(await twoFactor.getStatus(person.userId)).isEnabled) return c.redirect(home, 303);
    const request = clientRequest(c, config);
    const disabled = await twoFactor.disable(person, request, await readPassword(c));
    if (!disabled) return refusePassword(c, services, "disable");
    await recordSecurityEvent(c, services, "two_factor_disabled", person.userId);
    addCookies(c, disabled.cookies);
    setFlash(c, { tone: "good", text: "Two-factor authentication is off." }, config);
    return c.redirect(home, 303);
  });

  function showCodes(c: Context<Env>, codes: string[], text: string): Response {
    setFlashCookie(c, recoveryCodesCookie, codes.join(" "), config);
    setFlash(c, { tone: "good", text }, config);
    return c.redirect(home, 303);
  }

  async function confirmPage(c: Context<Env>, error = ""): Promise<Response> {
    const uri = getCookie(c, hostCookie(setupCookie, config));
    if (!uri) return c.redirect("/settings/two-factor/set-up", 303);
    const title = "Set up two-factor authentication";
    const layout = await layoutWithTray(c, services, { title, section: "settings" });
    const page = twoFactorSetupPage(layout, uri, qrCode(uri), error);
    return c.html(services.render.page("settings/two_factor_setup", page));
  }

  return routes;
}

async function readPassword(c: Context<Env>): Promise<string> {
  return formField(await c.req.parseBody(), "password");
}

async function refusePassword(
  c: Context<Env>,
  services: TrayServices,
  name: keyof typeof twoFactorForms,
): Promise<Response> {
  await recordSecurityEvent(c, services, "password_failed", c.var.person.userId);
  c.status(422);
  return askPassword(c, services, name, "Wrong password");
}

async function askPassword(
  c: Context<Env>,
  services: TrayServices,
  name: keyof typeof twoFactorForms,
  error = "",
): Promise<Response> {
  const form = twoFactorForms[name](error);
  const layout = await layoutWithTray(c, services, { title: form.heading, section: "settings" });
  const page: ConfirmPasswordPage = { layout, ...form, backHref: home };
  return c.html(services.render.page("settings/confirm_password", page));
}
