/** GET /api/jobs/:id/logs: what the job says, line by line. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { logLevels } from "../../backend/enums.ts";
import type { Env, Services } from "../../services.ts";
import { loadJob } from "../middleware/load-job.ts";
import { jobParams } from "./job-action-route.ts";
import { iso } from "./job-json.ts";
import { json, problems } from "./openapi-responses.ts";
import { afterQuery, nextSchema, sliceOf } from "./pagination.ts";

const level = z.enum(logLevels).meta({
  description:
    "A `note` says that lines were dropped here: a job may say 1,000 a second, and 100,000 in all",
});

const lineSchema = z
  .object({ seq: z.int(), level, message: z.string(), happenedAt: z.iso.datetime() })
  .openapi("LogLine");

const route = createRoute({
  method: "get",
  path: "/jobs/{id}/logs",
  operationId: "listLogLines",
  summary: "What a job says",
  request: {
    params: jobParams,
    query: afterQuery.extend({
      level: level.optional().meta({ description: "Only lines of exactly this level" }),
    }),
  },
  responses: {
    200: json("Lines by their number", z.object({ lines: z.array(lineSchema), next: nextSchema })),
    ...problems(404, 410, 422),
  },
});

export function logsApi(services: Services): OpenAPIHono<Env> {
  const api = new OpenAPIHono<Env>();
  api.openapi({ ...route, middleware: loadJob(services, "see") }, async (c) => {
    const { job } = c.var;
    const { after, limit, level } = c.req.valid("query");
    const rows = await services.jobs.logLines(job.id, { after, limit: limit + 1, level });
    const { page, next } = sliceOf(rows, limit);
    const lines = page.map(({ seq, level, message, created_at }) => {
      return { seq, level, message, happenedAt: iso(created_at) };
    });
    return c.json({ lines, next }, 200);
  });
  return api;
}
