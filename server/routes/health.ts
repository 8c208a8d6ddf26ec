/** GET /up: the process responds. GET /ready: the database responds too. */
import { Hono } from "hono";
import { DatabaseLost } from "../backend/database-lost.ts";
import type { Env, Services } from "../services.ts";

export function healthRoutes({ backend }: Pick<Services, "backend">): Hono<Env> {
  const routes = new Hono<Env>();
  routes.get("/up", (c) => c.text("up"));
  routes.get("/ready", async (c) => {
    try {
      await backend.ping();
      return c.text("ready");
    } catch (error) {
      const isLost = error instanceof DatabaseLost;
      return c.text(isLost ? error.message : "The database does not answer", 503);
    }
  });
  return routes;
}
