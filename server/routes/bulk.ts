/** POST /jobs/bulk: one action for all jobs that were chosen in the list. */
import { Hono } from "hono";
import { can } from "../accounts/authorize.ts";
import type { JobRow } from "../backend/schema.ts";
import { cancel } from "../jobs/cancel.ts";
import { clear } from "../jobs/clear.ts";
import { retry } from "../jobs/retry.ts";
import { amountOf } from "../jobs/shown/format.ts";
import { InvalidInput } from "../jobs/start.ts";
import { isFinal } from "../jobs/status.ts";
import type { Env, Services } from "../services.ts";
import { setFlash } from "./flash.ts";

/** More than a page of the list holds. */
const mostIds = 200;

export function bulkRoutes(services: Services): Hono<Env> {
  const { backend, catalog, config } = services;
  const routes = new Hono<Env>();

  const actions: Record<
    string,
    { done: string; run(jobs: JobRow[], by: string): Promise<number> }
  > = {
    cancel: {
      done: "asked to stop",
      async run(jobs, by) {
        const stoppable = jobs.filter(({ status, kind }) => {
          return !isFinal(status) && catalog.get(kind)?.cancellable !== false;
        });
        for (const { id } of stoppable) await cancel(backend, id, by);
        return stoppable.length;
      },
    },
    clear: {
      done: "cleared from the list",
      async run(jobs) {
        const ended = jobs.filter(({ status }) => isFinal(status));
        if (ended.length > 0)
          await clear(
            backend,
            ended.map(({ id }) => id),
          );
        return ended.length;
      },
    },
    retry: {
      done: "started again",
      async run(jobs, by) {
        let count = 0;
        for (const job of jobs) if (isFinal(job.status) && (await again(job, by))) count++;
        return count;
      },
    },
  };

  async function again(job: JobRow, by: string): Promise<boolean> {
    try {
      await retry(backend, catalog, job, by);
      return true;
    } catch (error) {
      // Its file may be gone; the others are started all the same.
      if (error instanceof InvalidInput) return false;
      throw error;
    }
  }

  routes.post("/jobs/bulk", async (c) => {
    const body = await c.req.parseBody({ all: true });
    const ids = [body.ids ?? []]
      .flat()
      .filter((id) => typeof id === "string")
      .slice(0, mostIds);
    const action = actions[String(body.action)];
    if (!action || ids.length === 0) {
      setFlash(c, { tone: "plain", text: "Choose some jobs first." }, config);
      return c.redirect("/jobs", 303);
    }
    const found = await backend.db.selectFrom("jobs").selectAll().where("id", "in", ids).execute();
    const allowed = found.filter((job) => can(c.var.person, "act", job));
    const count = await action.run(allowed, c.var.person.userId);
    const left = ids.length - count;
    const rest = left > 0 ? `; ${amountOf(left, "jobs")} left as before` : "";
    setFlash(
      c,
      { tone: "good", text: `${amountOf(count, "jobs")} ${action.done}${rest}.` },
      config,
    );
    return c.redirect("/jobs", 303);
  });

  return routes;
}
