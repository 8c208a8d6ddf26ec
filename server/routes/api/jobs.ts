/** GET /api/jobs/:id and GET /api/jobs: one job, and many in one request. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { can } from "../../accounts/authorize.ts";
import { pollInterval } from "../../live/poll-interval.ts";
import type { Env, Services } from "../../services.ts";
import { isJobId } from "../job/job-of.ts";
import { listFilter } from "../job-filter.ts";
import { empty, json, problems } from "./answers.ts";
import { toldColumns } from "./job-json.ts";
import { type JobJson, jobSchema } from "./job-schema.ts";
import { listQuery, statusesOf } from "./list-query.ts";
import { jobParams, oneJob } from "./one-job.ts";
import { readJob, readJobs } from "./read-jobs.ts";

const one = createRoute({
  method: "get",
  path: "/jobs/{id}",
  operationId: "getJob",
  summary: "One job",
  request: {
    params: jobParams,
    headers: z.object({
      "If-None-Match": z.string().optional().meta({ description: "The `ETag` that you have" }),
    }),
  },
  responses: {
    200: json("The job", jobSchema, {
      ETag: "Changes with the job",
      "Retry-After": "While it is active: seconds to wait before asking again",
    }),
    304: empty("It is as you have it"),
    ...problems(404, 410),
  },
});

const many = createRoute({
  method: "get",
  path: "/jobs",
  operationId: "listJobs",
  summary: "Many jobs",
  description:
    "By `ids`, in their order, without those that are not there for you; or page by page: what is not over first, then what ended, the latest first.",
  request: { query: listQuery },
  responses: {
    200: json(
      "The jobs",
      z.object({ jobs: z.array(jobSchema), next_cursor: z.string().nullable() }),
    ),
    ...problems(422),
  },
});

export function jobsApi(services: Services): OpenAPIHono<Env> {
  const { backend } = services;
  const api = new OpenAPIHono<Env>();

  api.openapi(one, async (c) => {
    const row = await oneJob(c, services, "see");
    const job = await readJob(services, row);
    const tag = tagOf(job);
    const seconds = pollInterval(row, backend.now());
    if (seconds !== null) c.header("Retry-After", String(seconds));
    c.header("ETag", tag);
    if (isKnown(c.req.header("If-None-Match"), tag)) return c.body(null, 304);
    return c.json(job, 200);
  });

  api.openapi(many, async (c) => {
    const { ids, status, type, scope, q, from, to, limit, cursor } = c.req.valid("query");
    const { person } = c.var;
    if (ids) {
      const rows = await services.jobs.getMany(ids.filter(isJobId));
      const seen = rows.filter((row) => can(person, "see", row));
      const found = new Map(seen.map((row) => [row.id, row]));
      const inOrder = ids.flatMap((id) => found.get(id) ?? []);
      return c.json({ jobs: await readJobs(services, inOrder), next_cursor: null }, 200);
    }
    const where = { statuses: statusesOf(status), kinds: type, span: { from, to } };
    const filter = await listFilter(services, person, { q: q ?? "", scope, where });
    const page = { limit, after: cursor, also: toldColumns };
    const { jobs, next } = await services.jobs.list(filter, page);
    return c.json({ jobs: await readJobs(services, jobs), next_cursor: next ?? null }, 200);
  });

  return api;
}

/** Weak, for the typical duration may change beside the version; a place in line and a result do. */
function tagOf({ version, queue_position, result_url }: JobJson): string {
  return `W/"${[version, queue_position, result_url && "r"].filter(Boolean).join(".")}"`;
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2, which compares weakly */
function isKnown(given: string | undefined, tag: string): boolean {
  const weak = (each: string) => each.trim().replace(/^W\//, "");
  const tags = given?.split(",").map(weak) ?? [];
  return tags.includes("*") || tags.includes(weak(tag));
}
