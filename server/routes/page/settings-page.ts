import type { Context } from "hono";
import { timeZones } from "../../accounts/preferences.ts";
import {
  type SettingsPage,
  sessionView,
  timeZoneOptions,
  tokenView,
  usageViews,
} from "../../presenters/settings.ts";
import type { Env } from "../../services.ts";
import { countStoredBytes } from "../../storage/stored-bytes.ts";
import { deviceName } from "../../text/device-name.ts";
import { layoutWithTray, type TrayServices } from "./tray.ts";

/** Carries a new API token over the redirect to the page that shows it once. */
export const newTokenCookie = "headway_new_token";

export async function renderSettings(
  c: Context<Env>,
  services: TrayServices,
  changes: Partial<Pick<SettingsPage, "newToken" | "tokenError">>,
): Promise<Response> {
  const { accounts, backend, config, jobs, render } = services;
  const { person } = c.var;
  const { accountId } = person;
  const [sessions, tokens, preferences, bytes, counts] = await Promise.all([
    accounts.listSessions(person),
    accounts.listTokens(person),
    accounts.getPreferences(person.userId),
    countStoredBytes(backend, accountId),
    jobs.countByStatus({ accountId }),
  ]);
  const page: SettingsPage = {
    layout: await layoutWithTray(c, services, { title: "Settings", section: "settings" }),
    sound: preferences.sound,
    openResult: preferences.openResult,
    timeZones: timeZoneOptions(timeZones, preferences.timeZone),
    sessions: sessions.map((session) =>
      sessionView(session, deviceName(session.userAgent), person.sessionId),
    ),
    tokens: tokens.map(tokenView),
    newToken: null,
    tokenError: "",
    createTokenHref: "/settings/tokens",
    usage: usageViews({ bytes, queuedJobs: counts.queued }, config.limits),
    ...changes,
  };
  return c.html(render.page("settings/index", page));
}
