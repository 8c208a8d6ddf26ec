/** The job that a path names. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Action } from "../../accounts/authorize.ts";
import type { JobRow } from "../../backend/schema.ts";
import { removedText } from "../../engine/removed.ts";
import type { Env, Services } from "../../services.ts";
import { jobOf, removedJobOf } from "../job/job-of.ts";
import { Problem } from "./problems.ts";

export const jobParams = z.object({ id: z.string().meta({ description: "The job's id" }) });

/** @throws Problem 404, also where the job is somebody else's; 410 where it is no longer kept */
export async function oneJob(
  c: Context<Env>,
  services: Pick<Services, "jobs">,
  action: Action,
): Promise<JobRow> {
  const job = await jobOf(c, services, action);
  if (job) return job;
  const removed = await removedJobOf(c, services);
  if (!removed) throw new Problem(404, "There is no such job.");
  throw new Problem(410, `This job is no longer kept. ${removedText(removed)}`);
}
