/**
 * POST /jobs/:id/cancel, pause, resume, start-now, retry and retry-rejected: each answers 303 to the
 * job it leads to, or with `?stay` to the page that it was asked from. A retry of what is running already asks.
 */
import { type Context, Hono } from "hono";
import { visibleJobs } from "../../accounts/authorize.ts";
import type { JobRow } from "../../backend/schema.ts";
import { cancel } from "../../engine/cancel.ts";
import { pause, resume } from "../../engine/pause.ts";
import {
  AlreadyActive,
  InvalidInput,
  type StartRequest,
  UnknownKind,
} from "../../engine/start/request.ts";
import { NotFinal, retry } from "../../engine/start/retry.ts";
import { NoRejectedRows, retryRejected } from "../../engine/start/retry-rejected.ts";
import { startNow } from "../../engine/start/start-now.ts";
import { isFinal } from "../../engine/status.ts";
import type { Env, Services } from "../../services.ts";
import { alreadyPage } from "../new-job/already-page.ts";
import { setFlash } from "../page/flash.ts";
import { field } from "../page/form.ts";
import { pageOf } from "../page/guard.ts";
import { jobOf } from "./job-of.ts";
import { noJob } from "./no-job.ts";

/** The job to go to, with what is said there, or the page that asks first. */
type Act = (job: JobRow, c: Context<Env>) => Promise<Acted | Response>;

interface Acted {
  job: JobRow;
  said?: string | undefined;
}

type Unless = Pick<StartRequest, "unlessActive">;

/** What a retry may be refused for; each says it in words. */
const refusals = [NotFinal, InvalidInput, UnknownKind, NoRejectedRows];

const repeated = "It had been started again already: this is that job. Nothing was started twice.";

/** On its own page a new job speaks for itself. */
const startedAgain = (c: Context<Env>) =>
  c.req.query("stay") === undefined ? undefined : "It was started again.";

export function jobActionRoutes(services: Services): Hono<Env> {
  const { backend, catalog } = services;
  const routes = new Hono<Env>();

  function post(name: string, act: Act): void {
    routes.post(`/jobs/:id/${name}`, async (c) => {
      const job = await jobOf(c, services, "act");
      if (!job) return noJob(c, services);
      const acted = await act(job, c);
      if (acted instanceof Response) return acted;
      const { job: target, said } = acted;
      if (said) setFlash(c, { tone: "plain", text: said }, services.config);
      const stays = c.req.query("stay") !== undefined;
      return c.redirect(stays ? pageOf(c) : `/jobs/${target.id}`, 303);
    });
  }

  post("cancel", async (job, c) => {
    if (catalog.get(job.kind)?.cancellable === false) {
      return { job, said: "This kind of job cannot be cancelled" };
    }
    const after = await cancel(backend, job.id, c.var.person.userId);
    const late = isFinal(after.status) && after.status !== "cancelled";
    return { job: after, ...(late && { said: "It had ended before it could be cancelled" }) };
  });
  post("pause", async (job, c) => ({ job: await pause(backend, job.id, c.var.person.userId) }));
  post("resume", async (job, c) => ({ job: await resume(backend, job.id, c.var.person.userId) }));
  post("start-now", async (job, c) => ({
    job: await startNow(backend, job.id, c.var.person.userId),
  }));
  for (const [name, start] of Object.entries({
    retry: (job: JobRow, by: string, how: Unless) => retry(backend, catalog, job, by, how),
    "retry-rejected": (job: JobRow, by: string, how: Unless) =>
      retryRejected(services, job, by, how),
  })) {
    post(name, async (job, c) => {
      const { person } = c.var;
      const anyway = field(await c.req.parseBody(), "anyway");
      const unlessActive = anyway ? undefined : visibleJobs(person, "account");
      try {
        const again = await start(job, person.userId, { unlessActive });
        return { job: again.job, said: again.repeated ? repeated : startedAgain(c) };
      } catch (error) {
        if (error instanceof AlreadyActive) {
          const action = `/jobs/${job.id}/${name}`;
          return alreadyPage(c, services, error.job, { action, sent: {} });
        }
        if (!refusals.some((kind) => error instanceof kind)) throw error;
        return { job, said: (error as Error).message };
      }
    });
  }

  return routes;
}
