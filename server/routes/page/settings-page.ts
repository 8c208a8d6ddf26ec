import type { Context } from "hono";
import type { ApiToken } from "../../accounts/api-tokens.ts";
import { timeZones } from "../../accounts/preferences.ts";
import type { Session } from "../../accounts/sessions.ts";
import type { Option } from "../../presenters/form.ts";
import type { SessionView, SettingsPage, TokenView } from "../../presenters/settings.ts";
import type { Env } from "../../services.ts";
import { formatDateTime } from "../../text/dates.ts";
import { deviceName } from "../../text/device-name.ts";
import { layoutWithTray, type TrayServices } from "./tray.ts";

/** Carries a new API token over the redirect to the page that shows it once. */
export const newTokenCookie = "headway_new_token";

export async function renderSettings(
  c: Context<Env>,
  services: TrayServices,
  changes: Partial<Pick<SettingsPage, "newToken" | "tokenError">>,
): Promise<Response> {
  const { accounts, render } = services;
  const { person } = c.var;
  const [sessions, tokens, preferences] = await Promise.all([
    accounts.listSessions(person),
    accounts.listTokens(person),
    accounts.getPreferences(person.userId),
  ]);
  const page: SettingsPage = {
    layout: await layoutWithTray(c, services, { title: "Settings", section: "settings" }),
    sound: preferences.sound,
    openResult: preferences.openResult,
    timeZones: zoneOptions(preferences.timeZone),
    sessions: sessions.map((session) => sessionView(session, person.sessionId)),
    tokens: tokens.map(tokenView),
    newToken: null,
    tokenError: "",
    createTokenHref: "/settings/tokens",
    ...changes,
  };
  return c.html(render.page("settings/index", page));
}

function zoneOptions(chosen: string | null): Option[] {
  const browserZone = { value: "", label: "Same as this browser", selected: chosen === null };
  const zones = timeZones.map((zone) => {
    return { value: zone, label: zone.replaceAll("_", " "), selected: zone === chosen };
  });
  return [browserZone, ...zones];
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
