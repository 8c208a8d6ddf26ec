/** GET /settings: the preferences, and what the account uses of its limits. */
import { Hono } from "hono";
import { timeZones } from "../accounts/preferences.ts";
import { type SettingsPage, timeZoneOptions, usageViews } from "../presenters/settings.ts";
import type { Env } from "../services.ts";
import { countStoredBytes } from "../storage/stored-bytes.ts";
import { layoutWithTray, type TrayServices } from "./page/tray.ts";

export function settingsRoutes(services: TrayServices): Hono<Env> {
  const { accounts, backend, config, jobs, render } = services;
  const routes = new Hono<Env>();

  routes.get("/settings", async (c) => {
    const { accountId, userId } = c.var.person;
    const [preferences, bytes, counts] = await Promise.all([
      accounts.getPreferences(userId),
      countStoredBytes(backend, accountId),
      jobs.countByStatus({ accountId }),
    ]);
    const { sound, openResult, timeZone } = preferences;
    const page: SettingsPage = {
      layout: await layoutWithTray(c, services, { title: "Settings", section: "settings" }),
      ...{ sound, openResult },
      timeZones: timeZoneOptions(timeZones, timeZone),
      usage: usageViews({ bytes, queuedJobs: counts.queued }, config.limits),
    };
    return c.html(render.page("settings/index", page));
  });

  return routes;
}
