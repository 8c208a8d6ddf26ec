/** GET /up: the process responds. GET /ready: the database responds too. */
import { Hono } from "hono";
import { DatabaseLost } from "../backend/database-lost.ts";
import { noWorkerText } from "../presenters/waiting-text.ts";
import type { Env, Services } from "../services.ts";

export function healthRoutes({
  backend,
  isWorkerMissing,
}: Pick<Services, "backend" | "isWorkerMissing">): Hono<Env> {
  const routes = new Hono<Env>();
  routes.get("/up", (c) => c.text("up"));
  routes.get("/ready", async (c) => {
    try {
      await backend.ping();
    } catch (error) {
      const isLost = error instanceof DatabaseLost;
      return c.text(isLost ? error.message : "The database does not answer", 503);
    }
    // Still 200: this process serves all pages, and taking it away would start no worker.
    return c.text(isWorkerMissing() ? `ready\n${noWorkerText}` : "ready");
  });
  return routes;
}
