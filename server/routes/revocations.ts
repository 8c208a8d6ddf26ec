/**
 * POST /settings/sessions/:id/revoke, /settings/sessions/revoke-others and
 * /settings/tokens/:id/revoke
 */
import { Hono } from "hono";
import type { Env, Services } from "../services.ts";
import { formatCount } from "../text/counts.ts";
import { HttpError } from "./http-error.ts";
import { setFlash } from "./page/flash.ts";
import { recordSecurityEvent } from "./page/security-event.ts";

export function revocationRoutes(services: Pick<Services, "accounts" | "config">): Hono<Env> {
  const { accounts, config } = services;
  const routes = new Hono<Env>();

  routes.post("/settings/sessions/:id/revoke", async (c) => {
    const revoked = await accounts.revokeSession(c.var.person, c.req.param("id"));
    if (!revoked) throw alreadyRevoked("/settings/security");
    await recordSecurityEvent(c, services, "session_revoked", c.var.person.userId);
    setFlash(c, { tone: "good", text: "Signed out on that device." }, config);
    return c.redirect("/settings/security", 303);
  });

  routes.post("/settings/sessions/revoke-others", async (c) => {
    const { userId } = c.var.person;
    const count = await accounts.revokeOtherSessions(c.var.person);
    await recordSecurityEvent(c, services, "other_sessions_revoked", userId, { count });
    const text = `Signed out on ${formatCount(count, "other devices")}.`;
    setFlash(c, { tone: "good", text }, config);
    return c.redirect("/settings/security", 303);
  });

  routes.post("/settings/tokens/:id/revoke", async (c) => {
    const name = await accounts.revokeToken(c.var.person, c.req.param("id"));
    if (name === undefined) throw alreadyRevoked("/settings/tokens");
    await recordSecurityEvent(c, services, "token_revoked", c.var.person.userId, { name });
    setFlash(c, { tone: "good", text: "Token revoked." }, config);
    return c.redirect("/settings/tokens", 303);
  });

  return routes;
}

function alreadyRevoked(href: string): HttpError {
  return new HttpError({
    status: 404,
    title: "Already revoked",
    detail: "This session or token no longer exists. It may have been revoked in another window.",
    links: [{ href, text: "Settings" }],
  });
}
