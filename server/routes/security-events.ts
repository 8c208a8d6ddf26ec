/** GET /settings/activity: the security log of a person, or of the account that they own. */
import { Hono } from "hono";
import { isJobId } from "../engine/job-id.ts";
import { type ActivityPage, securityEventView } from "../presenters/security-events.ts";
import type { Env } from "../services.ts";
import { deviceName } from "../text/device-name.ts";
import { layoutWithTray, type TrayServices } from "./page/tray.ts";

const pageSize = 50;

export function securityEventRoutes(services: TrayServices): Hono<Env> {
  const { accounts, render } = services;
  const routes = new Hono<Env>();

  routes.get("/settings/activity", async (c) => {
    const { person } = c.var;
    const { before = "" } = c.req.query();
    const behind = isJobId(before) ? before : undefined;
    const events = await accounts.securityLog.list(person, pageSize + 1, behind);
    const shown = events.slice(0, pageSize);
    const page: ActivityPage = {
      layout: await layoutWithTray(c, services, { title: "Activity", section: "settings" }),
      lead:
        person.role === "owner"
          ? "Sign-ins, changes of credentials and downloads of everybody in your account."
          : "Your sign-ins, changes of credentials and downloads.",
      events: shown.map((event) =>
        securityEventView(event, deviceName(event.userAgent), person.userId),
      ),
      olderHref: events.length > pageSize ? `/settings/activity?before=${shown.at(-1)!.id}` : null,
      newestHref: behind ? "/settings/activity" : null,
    };
    return c.html(render.page("settings/activity", page));
  });

  return routes;
}
