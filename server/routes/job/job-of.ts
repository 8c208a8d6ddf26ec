/** The job that a route is about, for a person who may do that with it. */
import type { Context } from "hono";
import { type Action, can } from "../../accounts/authorize.ts";
import type { ExpiredJobRow, JobRow } from "../../backend/schema.ts";
import type { Env, Services } from "../../services.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Anything else is no job's id, and some of it no database takes. */
export function isJobId(text: string): boolean {
  return uuid.test(text);
}

/** @returns undefined also where the job is somebody else's: that it exists is not told */
export async function jobOf(
  c: Context<Env>,
  { jobs }: Pick<Services, "jobs">,
  action: Action,
): Promise<JobRow | undefined> {
  const job = await findJob(jobs, c.req.param("id") ?? "");
  return job && can(c.var.person, action, job) ? job : undefined;
}

/** What is still known of a job that is no longer kept, for a person who might see it. */
export async function removedJobOf(
  c: Context<Env>,
  { jobs }: Pick<Services, "jobs">,
): Promise<ExpiredJobRow | undefined> {
  const id = c.req.param("id") ?? "";
  const job = isJobId(id) ? await jobs.getRemoved(id) : undefined;
  return job && can(c.var.person, "see", job) ? job : undefined;
}

export async function findJob(jobs: Services["jobs"], id: string): Promise<JobRow | undefined> {
  return isJobId(id) ? jobs.get(id) : undefined;
}
