import { Hono } from "hono";
import type { ApiToken } from "../accounts/api-tokens.ts";
import { timeZones } from "../accounts/preferences.ts";
import type { Session } from "../accounts/sessions.ts";
import type { Option } from "../presenters/form.ts";
import type { SessionView, SettingsPage, TokenView } from "../presenters/settings.ts";
import type { Env } from "../services.ts";
import { formatDateTime } from "../text/dates.ts";
import { deviceName } from "../text/device-name.ts";
import { errorPage } from "./page/error-page.ts";
import { keepOnce, setFlash, takeOnce } from "./page/flash.ts";
import { field } from "./page/form.ts";
import { pageOf } from "./page/guard.ts";
import type { Handled } from "./page/layout.ts";
import { layoutWithTray, type TrayServices } from "./page/tray.ts";

const longestName = 80;
const newTokenCookie = "headway_new_token";

/** Goes behind `requirePerson` and `protectForms`. */
export function settingRoutes(services: TrayServices): Hono<Env> {
  const { accounts, config } = services;
  const routes = new Hono<Env>();

  routes.get("/settings", (c) => {
    c.header("Cache-Control", "no-store");
    return page(c, { newToken: takeOnce(c, newTokenCookie) ?? null });
  });

  routes.post("/settings/preferences", async (c) => {
    const body = await c.req.parseBody();
    const zone = field(body, "time_zone");
    await accounts.updatePreferences(c.var.person.userId, {
      sound: field(body, "sound") === "on",
      openResult: field(body, "open_result") === "on",
      timeZone: timeZones.includes(zone) ? zone : null,
    });
    setFlash(c, { tone: "good", text: "Saved." }, config);
    return c.redirect("/settings", 303);
  });

  // The switch on the page of a job.
  routes.post("/settings/sound", async (c) => {
    const sound = field(await c.req.parseBody(), "sound") === "on";
    await accounts.updatePreferences(c.var.person.userId, { sound });
    return c.redirect(pageOf(c), 303);
  });

  routes.post("/settings/sessions/:id/revoke", async (c) => {
    const revoked = await accounts.revokeSession(c.var.person, c.req.param("id"));
    if (!revoked) return gone(c);
    setFlash(c, { tone: "good", text: "That device is signed out." }, config);
    return c.redirect("/settings", 303);
  });

  routes.post("/settings/tokens", async (c) => {
    const name = field(await c.req.parseBody(), "name").trim();
    if (name === "" || name.length > longestName) {
      c.status(422);
      const tokenError = name === "" ? "Give it a name" : `Use at most ${longestName} characters`;
      return page(c, { tokenError });
    }
    const token = await accounts.createToken(c.var.person.userId, name);
    keepOnce(c, newTokenCookie, token, config);
    return c.redirect("/settings", 303);
  });

  routes.post("/settings/tokens/:id/revoke", async (c) => {
    const revoked = await accounts.revokeToken(c.var.person, c.req.param("id"));
    if (!revoked) return gone(c);
    setFlash(c, { tone: "good", text: "The token is revoked." }, config);
    return c.redirect("/settings", 303);
  });

  async function page(c: Handled, shown: Partial<Pick<SettingsPage, "newToken" | "tokenError">>) {
    const { person } = c.var;
    const [sessions, tokens, preferences] = await Promise.all([
      accounts.listSessions(person),
      accounts.listTokens(person),
      accounts.getPreferences(person.userId),
    ]);
    const data: SettingsPage = {
      layout: await layoutWithTray(c, services, { title: "Settings", section: "settings" }),
      sound: preferences.sound,
      openResult: preferences.openResult,
      timeZones: zoneOptions(preferences.timeZone),
      sessions: sessions.map((session) => sessionView(session, person.sessionId)),
      tokens: tokens.map(tokenView),
      newToken: null,
      tokenError: "",
      createTokenHref: "/settings/tokens",
      ...shown,
    };
    return c.html(services.render.page("settings/index", data));
  }

  function gone(c: Handled) {
    return errorPage(c, services, {
      status: 404,
      heading: "It is not there any more",
      message: "It was ended or revoked before, perhaps in another window.",
      links: [{ href: "/settings", text: "Settings" }],
    });
  }

  return routes;
}

function zoneOptions(chosen: string | null): Option[] {
  const usual = { value: "", label: "That of this browser", selected: chosen === null };
  const others = timeZones.map((zone) => {
    return { value: zone, label: zone.replaceAll("_", " "), selected: zone === chosen };
  });
  return [usual, ...others];
}

function sessionView(session: Session, current: string | null): SessionView {
  return {
    id: session.id,
    device: deviceName(session.userAgent),
    address: session.address,
    current: session.id === current,
    signedIn: formatDateTime(session.signedInAt.getTime()),
    revokeHref: `/settings/sessions/${session.id}/revoke`,
  };
}

function tokenView(token: ApiToken): TokenView {
  return {
    id: token.id,
    name: token.name,
    created: formatDateTime(token.createdAt),
    lastUsed: token.lastUsedAt === null ? null : formatDateTime(token.lastUsedAt),
    revokeHref: `/settings/tokens/${token.id}/revoke`,
  };
}
