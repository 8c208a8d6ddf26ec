/** POST /jobs/bulk: one action for all jobs that were chosen in the list. */
import { Hono } from "hono";
import { can } from "../accounts/authorize.ts";
import type { JobRow } from "../backend/schema.ts";
import { cancel } from "../jobs/cancel.ts";
import { clear } from "../jobs/clear.ts";
import { retry } from "../jobs/retry.ts";
import { amountOf } from "../jobs/shown/format.ts";
import { InvalidInput, UnknownKind } from "../jobs/start.ts";
import { isFinal } from "../jobs/status.ts";
import type { Env, Services } from "../services.ts";
import { setFlash } from "./flash.ts";
import { pageOf } from "./guard.ts";
import { isJobId } from "./job-of.ts";

/** More than a page of the list holds. */
const mostIds = 200;

interface Action {
  done: string;
  run(jobs: JobRow[], by: string): Promise<number>;
}

export function bulkRoutes(services: Services): Hono<Env> {
  const { backend, catalog, config } = services;
  const routes = new Hono<Env>();

  /** Each says how many jobs it changed. */
  const actions = new Map<string, Action>([
    ["cancel", { done: "asked to stop", run: cancelAll }],
    ["clear", { done: "cleared from the list", run: clearAll }],
    ["retry", { done: "started again", run: retryAll }],
  ]);

  async function cancelAll(jobs: JobRow[], by: string): Promise<number> {
    const stoppable = jobs.filter(({ status, kind }) => {
      return !isFinal(status) && catalog.get(kind)?.cancellable !== false;
    });
    for (const { id } of stoppable) await cancel(backend, id, by);
    return stoppable.length;
  }

  async function clearAll(jobs: JobRow[]): Promise<number> {
    const ended = jobs.filter(({ status }) => isFinal(status)).map(({ id }) => id);
    if (ended.length > 0) await clear(backend, ended);
    return ended.length;
  }

  async function retryAll(jobs: JobRow[], by: string): Promise<number> {
    let count = 0;
    for (const job of jobs) if (isFinal(job.status) && (await again(job, by))) count++;
    return count;
  }

  /** @returns false where it had been started again before, or cannot be */
  async function again(job: JobRow, by: string): Promise<boolean> {
    try {
      return !(await retry(backend, catalog, job, by)).repeated;
    } catch (error) {
      // Its file or its kind may be gone; the others are started all the same.
      if (error instanceof InvalidInput || error instanceof UnknownKind) return false;
      throw error;
    }
  }

  routes.post("/jobs/bulk", async (c) => {
    const body = await c.req.parseBody({ all: true });
    const ids = [body.ids ?? []]
      .flat()
      .filter((id): id is string => typeof id === "string" && isJobId(id))
      .slice(0, mostIds);
    const action = actions.get(String(body.action));
    if (!action || ids.length === 0) {
      setFlash(c, { tone: "plain", text: "Choose some jobs first." }, config);
      return c.redirect(pageOf(c), 303);
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
    return c.redirect(pageOf(c), 303);
  });

  return routes;
}
