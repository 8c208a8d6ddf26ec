/** GET /settings */
import { Hono } from "hono";
import type { Env } from "../services.ts";
import { takeFlashCookie } from "./page/flash.ts";
import { newTokenCookie, renderSettings } from "./page/settings-page.ts";
import type { TrayServices } from "./page/tray.ts";

export function settingsRoutes(services: TrayServices): Hono<Env> {
  const routes = new Hono<Env>();
  routes.get("/settings", (c) =>
    renderSettings(c, services, { newToken: takeFlashCookie(c, newTokenCookie) ?? null }),
  );
  return routes;
}
