/** POST /settings/tokens: creates an API token, which the settings page shows once. */
import { Hono } from "hono";
import type { Env } from "../services.ts";
import { setFlashCookie } from "./page/flash.ts";
import { formField } from "./page/form-fields.ts";
import { newTokenCookie, renderSettings } from "./page/settings-page.ts";
import type { TrayServices } from "./page/tray.ts";

const maxNameLength = 80;

export function apiTokenRoutes(services: TrayServices): Hono<Env> {
  const { accounts, config } = services;
  const routes = new Hono<Env>();

  routes.post("/settings/tokens", async (c) => {
    const name = formField(await c.req.parseBody(), "name").trim();
    const tokenError = nameError(name);
    if (tokenError) {
      c.status(422);
      return renderSettings(c, services, { tokenError });
    }
    const token = await accounts.createToken(c.var.person.userId, name);
    setFlashCookie(c, newTokenCookie, token, config);
    return c.redirect("/settings", 303);
  });

  return routes;
}

function nameError(name: string): string | undefined {
  if (name === "") return "Enter a name";
  return name.length > maxNameLength ? `Use at most ${maxNameLength} characters` : undefined;
}
