/** GET and POST /settings/tokens: creates API tokens. The page shows a new one once. */
import { type Context, Hono } from "hono";
import { maxTokensPerUser, TooManyTokens } from "../accounts/api-tokens.ts";
import { type TokenScope, tokenScopes } from "../backend/enums.ts";
import {
  defaultLifetime,
  emptyTokenForm,
  type TokenFormInput,
  type TokensPage,
  tokenForm,
  tokenLifetimes,
  tokenView,
} from "../presenters/token-settings.ts";
import type { Env } from "../services.ts";
import { setFlashCookie, takeFlashCookie } from "./page/flash.ts";
import { clientRequest, formField } from "./page/form-fields.ts";
import { recordSecurityEvent } from "./page/security-event.ts";
import { layoutWithTray, type TrayServices } from "./page/tray.ts";

/** Carries a new token over the redirect to the page that shows it once. */
const newTokenCookie = "headway_new_token";
const maxNameLength = 80;
const dayMs = 86_400_000;

type Errors = { name?: string; password?: string };

export function apiTokenRoutes(services: TrayServices): Hono<Env> {
  const { accounts, backend, config } = services;
  const routes = new Hono<Env>();

  routes.get("/settings/tokens", (c) => {
    const newToken = takeFlashCookie(c, newTokenCookie, config) ?? null;
    return renderTokens(c, services, emptyTokenForm, {}, newToken);
  });

  routes.post("/settings/tokens", async (c) => {
    const { userId } = c.var.person;
    const body = await c.req.parseBody();
    const input = readInput(body);
    const refuse = (errors: Errors) => {
      c.status(422);
      return renderTokens(c, services, input, errors);
    };
    const name = nameError(input.name);
    if (name) return refuse({ name });
    if (!(await accounts.isPassword(clientRequest(c, config), formField(body, "password")))) {
      await recordSecurityEvent(c, services, "password_failed", userId);
      return refuse({ password: "Wrong password" });
    }
    const expiresAt = input.days ? backend.now() + Number(input.days) * dayMs : null;
    try {
      const options = { scope: input.scope, expiresAt };
      const token = await accounts.createToken(userId, input.name, options);
      setFlashCookie(c, newTokenCookie, token, config);
    } catch (error) {
      if (error instanceof TooManyTokens) return refuse({});
      throw error;
    }
    await recordSecurityEvent(c, services, "token_created", userId, { name: input.name });
    return c.redirect("/settings/tokens", 303);
  });

  return routes;
}

async function renderTokens(
  c: Context<Env>,
  services: TrayServices,
  input: TokenFormInput,
  errors: Errors,
  newToken: string | null = null,
): Promise<Response> {
  const { accounts, backend, render } = services;
  const tokens = await accounts.listTokens(c.var.person);
  const page: TokensPage = {
    layout: await layoutWithTray(c, services, { title: "API tokens", section: "settings" }),
    tokens: tokens.map((token) => tokenView(token, backend.now())),
    newToken,
    form: tokenForm(input, errors, { count: tokens.length, max: maxTokensPerUser }),
  };
  return c.html(render.page("settings/tokens", page));
}

/** A scope or a lifetime that the form does not offer becomes the default. */
function readInput(body: Record<string, unknown>): TokenFormInput & { scope: TokenScope } {
  const days = tokenLifetimes.find((each) => each === body.days) ?? defaultLifetime;
  const scope = tokenScopes.find((each) => each === body.scope) ?? "read";
  return { name: formField(body, "name").trim(), scope, days };
}

function nameError(name: string): string | undefined {
  if (name === "") return "Enter a name";
  return name.length > maxNameLength ? `Use at most ${maxNameLength} characters` : undefined;
}
