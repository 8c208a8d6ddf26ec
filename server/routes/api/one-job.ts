/** The job that a path names, and how soon to ask for it again. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Action } from "../../accounts/authorize.ts";
import type { JobRow } from "../../backend/schema.ts";
import { removedText } from "../../engine/removed.ts";
import { isFinal } from "../../engine/status.ts";
import type { Env, Services } from "../../services.ts";
import { jobOf, removedJobOf } from "../job/job-of.ts";
import { Problem } from "./problems.ts";

export const jobParams = z.object({ id: z.string().meta({ description: "The job's id" }) });

/** @throws Problem 404, also where the job is somebody else's; 410 where it is no longer kept */
export async function oneJob(
  c: Context<Env>,
  services: Pick<Services, "backend">,
  action: Action,
): Promise<JobRow> {
  const job = await jobOf(c, services, action);
  if (job) return job;
  const removed = await removedJobOf(c, services);
  if (!removed) throw new Problem(404, "There is no such job.");
  throw new Problem(410, `This job is no longer kept. ${removedText(removed)}`);
}

/**
 * A young job is asked after often, an old one rarely, one that is not due yet when it is.
 * @returns seconds for `Retry-After`, or undefined where the job is final
 */
export function retryAfter(job: JobRow, now: number): string | undefined {
  if (isFinal(job.status)) return undefined;
  const wait = job.status === "queued" ? job.run_at - now : 0;
  const seconds = wait > 0 ? wait / 1_000 : (now - job.created_at) / 15_000;
  return String(Math.min(30, Math.max(1, Math.ceil(seconds))));
}
