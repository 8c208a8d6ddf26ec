/** GET /api/jobs and GET /api/jobs/:id */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { can } from "../../accounts/authorize.ts";
import { isJobId } from "../../engine/job-id.ts";
import type { JobFilter } from "../../engine/list/list-ranges.ts";
import { pollInterval } from "../../live/poll-interval.ts";
import type { Env, Services } from "../../services.ts";
import { HttpError } from "../http-error.ts";
import { listFilter } from "../job-filter.ts";
import { loadJob } from "../middleware/load-job.ts";
import { jobParams } from "./job-action-route.ts";
import { apiColumns } from "./job-json.ts";
import { type JobJson, jobSchema } from "./job-schema.ts";
import { expandStatuses, listQuery, maxKinds } from "./list-query.ts";
import { json, noContent, problems } from "./openapi-responses.ts";
import { readJob, readJobs } from "./read-jobs.ts";

const one = createRoute({
  method: "get",
  path: "/jobs/{id}",
  operationId: "getJob",
  summary: "Get a job",
  request: {
    params: jobParams,
    headers: z.object({
      "If-None-Match": z
        .string()
        .optional()
        .meta({ description: "The `ETag` of an earlier response." }),
    }),
  },
  responses: {
    200: json("The job.", jobSchema, {
      ETag: "Changes whenever the job changes.",
      "Retry-After": "While the job is active: seconds to wait before the next request.",
    }),
    304: noContent("The job has not changed."),
    ...problems(404, 410),
  },
});

const many = createRoute({
  method: "get",
  path: "/jobs",
  operationId: "listJobs",
  summary: "List jobs",
  description:
    "With `ids`, returns these jobs in this order and leaves out those that don't exist or belong to somebody else. Otherwise returns a page of jobs: active jobs first, then finished jobs, latest first.",
  request: { query: listQuery },
  responses: {
    200: json(
      "The jobs.",
      z.object({ jobs: z.array(jobSchema), next_cursor: z.string().nullable() }),
    ),
    ...problems(400, 422),
  },
});

export function jobsApi(services: Services): OpenAPIHono<Env> {
  const { backend } = services;
  const api = new OpenAPIHono<Env>();

  api.openapi({ ...one, middleware: loadJob(services, "see") }, async (c) => {
    const row = c.var.job;
    const job = await readJob(services, row);
    const tag = tagOf(job);
    const seconds = pollInterval(row, backend.now());
    if (seconds !== null) c.header("Retry-After", String(seconds));
    c.header("ETag", tag);
    if (matchesTag(c.req.header("If-None-Match"), tag)) return c.body(null, 304);
    return c.json(job, 200);
  });

  api.openapi(many, async (c) => {
    const { ids, status, type, scope, q, from, to, limit, cursor } = c.req.valid("query");
    const { person } = c.var;
    if (type && type.length > maxKinds) throw tooManyKinds();
    if (ids) {
      const rows = await services.jobs.getMany(ids.filter(isJobId));
      const seen = rows.filter((row) => can(person, "see", row));
      const found = new Map(seen.map((row) => [row.id, row]));
      const inOrder = ids.flatMap((id) => found.get(id) ?? []);
      return c.json({ jobs: await readJobs(services, inOrder), next_cursor: null }, 200);
    }
    const where: Pick<JobFilter, "statuses" | "kinds" | "period"> = {
      statuses: expandStatuses(status),
      kinds: type,
      period: { from, to },
    };
    const filter = await listFilter(services, person, { q: q ?? "", scope, where });
    const page = { limit, after: cursor, also: apiColumns };
    const { jobs, next } = await services.jobs.list(filter, page);
    return c.json({ jobs: await readJobs(services, jobs), next_cursor: next ?? null }, 200);
  });

  return api;
}

function tooManyKinds(): HttpError {
  const detail = `Ask for at most ${maxKinds} kinds.`;
  return new HttpError({ status: 400, title: "Invalid request", detail });
}

/** Weak, because `estimated_duration_seconds` may change without the tag. */
function tagOf({ version, queue_position, result_url }: JobJson): string {
  return `W/"${[version, queue_position, result_url && "r"].filter(Boolean).join(".")}"`;
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2, which compares weakly */
function matchesTag(given: string | undefined, tag: string): boolean {
  const weak = (each: string) => each.trim().replace(/^W\//, "");
  const tags = given?.split(",").map(weak) ?? [];
  return tags.includes("*") || tags.includes(weak(tag));
}
