/** POST /settings/preferences, and /settings/sound: the switch on a job's page. */
import { Hono } from "hono";
import { timeZones } from "../accounts/preferences.ts";
import type { Env, Services } from "../services.ts";
import { setFlash } from "./page/flash.ts";
import { formField } from "./page/form-fields.ts";
import { returnPath } from "./page/return-path.ts";

export function preferenceRoutes({
  accounts,
  config,
}: Pick<Services, "accounts" | "config">): Hono<Env> {
  const routes = new Hono<Env>();

  routes.post("/settings/preferences", async (c) => {
    const body = await c.req.parseBody();
    const zone = formField(body, "time_zone");
    await accounts.updatePreferences(c.var.person.userId, {
      sound: formField(body, "sound") === "on",
      openResult: formField(body, "open_result") === "on",
      timeZone: timeZones.includes(zone) ? zone : null,
    });
    setFlash(c, { tone: "good", text: "Saved." }, config);
    return c.redirect("/settings", 303);
  });

  routes.post("/settings/sound", async (c) => {
    const sound = formField(await c.req.parseBody(), "sound") === "on";
    await accounts.updatePreferences(c.var.person.userId, { sound });
    return c.redirect(returnPath(c), 303);
  });

  return routes;
}
