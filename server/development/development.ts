/** Development beside the usual work of a process: it follows changes and tells open pages. */
import { Hono } from "hono";
import type { ProcessParts } from "../entry-point.ts";
import { devRoutes } from "../routes/dev.ts";
import { rejectForeignHosts } from "../routes/middleware/reject-foreign-hosts.ts";
import { previewRoutes } from "../routes/previews.ts";
import type { Env, Services } from "../services.ts";
import type { WorkerChild } from "../worker-child.ts";
import { explainOutput } from "./explain-error.ts";
import { followKinds } from "./follow-kinds.ts";
import { createPageUpdates } from "./page-updates.ts";
import { watchPages } from "./watch-pages.ts";

export interface Development {
  /** Pages that production does not have. */
  routes(services: Services): Hono<Env>;
  /** Begins to follow changes. */
  follow(worker: WorkerChild): void;
}

/** From `npm run dev` to the process that serves: output of the next one, which failed, or "". */
export interface DevMessage {
  failure: string;
}

export function createDevelopment({ catalog, config }: ProcessParts): Development {
  const updates = createPageUpdates();
  return {
    routes(services) {
      const routes = new Hono<Env>();
      routes.use(rejectForeignHosts(config));
      routes.route("/", devRoutes(updates));
      return routes.route("/", previewRoutes(services, updates));
    },
    follow(worker) {
      watchPages(updates);
      followKinds(catalog, config.jobsDirs, { updates, restartWorker: () => worker.restart() });
      process.on("message", ({ failure }: DevMessage) => {
        if (failure === undefined) return;
        const name = "The changed code does not start; this is the version before";
        updates.setProblem("server", failure ? explainOutput(name, failure) : undefined);
      });
      process.send?.({ ready: true });
    },
  };
}
