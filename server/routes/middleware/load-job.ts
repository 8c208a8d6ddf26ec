import type { MiddlewareHandler } from "hono";
import { type Action, can } from "../../accounts/authorize.ts";
import type { Person } from "../../accounts/person.ts";
import type { ExpiredJobRow, JobRow } from "../../backend/schema.ts";
import { isJobId } from "../../engine/job-id.ts";
import { expiredJobText } from "../../presenters/expired-job.ts";
import type { Env, Services } from "../../services.ts";
import { formatCount } from "../../text/counts.ts";
import { HttpError } from "../http-error.ts";

export type LoadJobServices = Pick<Services, "catalog" | "config" | "jobs">;

/**
 * For pages and the API: loads the job of the `:id` in the path into `c.var.job`.
 * @param action the person must be allowed to do this with the job
 * @throws HttpError 404 for an unknown job and for another person's, 410 for a job that was deleted
 *   after its retention time
 */
export function loadJob(services: LoadJobServices, action: Action): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { person } = c.var;
    const id = c.req.param("id") ?? "";
    const job = await findJob(services, person, id, action);
    if (!job) throw await missingJob(services, person, id);
    c.set("job", job);
    return next();
  };
}

/** @returns undefined if the job does not exist or the person may not do that with it */
export async function findJob(
  { jobs }: Pick<Services, "jobs">,
  person: Person,
  id: string | undefined,
  action: Action,
): Promise<JobRow | undefined> {
  const job = id && isJobId(id) ? await jobs.get(id) : undefined;
  return job && can(person, action, job) ? job : undefined;
}

/** The error for a job that `findJob` does not find. */
export async function missingJob(
  services: LoadJobServices,
  person: Person,
  id: string,
): Promise<HttpError> {
  const removed = isJobId(id) ? await services.jobs.getRemoved(id) : undefined;
  if (removed && can(person, "see", removed)) return jobGone(services, removed);
  return new HttpError({
    status: 404,
    title: "Job not found",
    detail: "This job doesn't exist, or it belongs to somebody else.",
    links,
  });
}

function jobGone({ catalog, config }: LoadJobServices, removed: ExpiredJobRow): HttpError {
  const kind = catalog.get(removed.kind)?.title ?? removed.kind;
  const days = formatCount(config.retentionDays, "days");
  return new HttpError({
    status: 410,
    title: "This job was deleted",
    detail: `${kind}. ${expiredJobText(removed)} Jobs are deleted ${days} after they finish.`,
    links,
  });
}

const links = [
  { href: "/jobs", text: "All jobs" },
  { href: "/jobs/new", text: "New job" },
];
