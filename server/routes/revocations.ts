/** POST /settings/sessions/:id/revoke and /settings/tokens/:id/revoke */
import { Hono } from "hono";
import type { Env, Services } from "../services.ts";
import { HttpError } from "./http-error.ts";
import { setFlash } from "./page/flash.ts";

export function revocationRoutes({
  accounts,
  config,
}: Pick<Services, "accounts" | "config">): Hono<Env> {
  const routes = new Hono<Env>();

  routes.post("/settings/sessions/:id/revoke", async (c) => {
    const revoked = await accounts.revokeSession(c.var.person, c.req.param("id"));
    if (!revoked) throw alreadyRevoked();
    setFlash(c, { tone: "good", text: "Signed out on that device." }, config);
    return c.redirect("/settings", 303);
  });

  routes.post("/settings/tokens/:id/revoke", async (c) => {
    const revoked = await accounts.revokeToken(c.var.person, c.req.param("id"));
    if (!revoked) throw alreadyRevoked();
    setFlash(c, { tone: "good", text: "Token revoked." }, config);
    return c.redirect("/settings", 303);
  });

  return routes;
}

function alreadyRevoked(): HttpError {
  return new HttpError({
    status: 404,
    title: "Already revoked",
    detail: "This session or token no longer exists. It may have been revoked in another window.",
    links: [{ href: "/settings", text: "Settings" }],
  });
}
