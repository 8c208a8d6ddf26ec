/** POST /jobs/:id/cancel, pause, resume and retry: each answers 303 to the job it leads to. */
import { type Context, Hono } from "hono";
import type { JobRow } from "../backend/schema.ts";
import { cancel } from "../jobs/cancel.ts";
import { pause, resume } from "../jobs/pause.ts";
import { NotFinal, retry } from "../jobs/retry.ts";
import { InvalidInput, UnknownKind } from "../jobs/start.ts";
import { isFinal } from "../jobs/status.ts";
import type { Env, Services } from "../services.ts";
import { setFlash } from "./flash.ts";
import { jobOf } from "./job-of.ts";
import { noJob } from "./no-job.ts";

type Act = (job: JobRow, c: Context<Env>) => Promise<{ job: JobRow; said?: string }>;

const repeated = "It had been started again already: this is that job. Nothing was started twice.";

export function jobActionRoutes(services: Services): Hono<Env> {
  const { backend, catalog } = services;
  const routes = new Hono<Env>();

  function post(name: string, act: Act): void {
    routes.post(`/jobs/:id/${name}`, async (c) => {
      const job = await jobOf(c, services, "act");
      if (!job) return noJob(c, services);
      const { job: target, said } = await act(job, c);
      if (said) setFlash(c, { tone: "plain", text: said }, services.config);
      return c.redirect(`/jobs/${target.id}`, 303);
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
  post("retry", async (job, c) => {
    try {
      const again = await retry(backend, catalog, job, c.var.person.userId);
      return { job: again.job, ...(again.repeated && { said: repeated }) };
    } catch (error) {
      const known = [NotFinal, InvalidInput, UnknownKind].some((kind) => error instanceof kind);
      if (!known) throw error;
      return { job, said: (error as Error).message };
    }
  });

  return routes;
}
