/** GET /api/jobs/:id/logs */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { logLevels } from "../../backend/enums.ts";
import { logMessage } from "../../presenters/log.ts";
import type { Env, Services } from "../../services.ts";
import { loadJob } from "../middleware/load-job.ts";
import { jobParams } from "./job-action-route.ts";
import { iso } from "./job-json.ts";
import { json, problems } from "./openapi-responses.ts";
import { afterQuery, nextSchema, sliceOf } from "./pagination.ts";

const level = z.enum(logLevels).meta({
  description:
    "A `note` says that lines are missing here: a job can log 1,000 lines a second and 100,000 in total.",
});

const lineSchema = z
  .object({ seq: z.int(), level, message: z.string(), happenedAt: z.iso.datetime() })
  .openapi("LogLine");

const route = createRoute({
  method: "get",
  path: "/jobs/{id}/logs",
  operationId: "listLogLines",
  summary: "List the log lines of a job",
  request: {
    params: jobParams,
    query: z.strictObject({
      ...afterQuery.shape,
      level: level.optional().meta({ description: "Only lines of exactly this level." }),
    }),
  },
  responses: {
    200: json("The lines, by `seq`.", z.object({ lines: z.array(lineSchema), next: nextSchema })),
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
      return { seq, level, message: logMessage({ level, message }), happenedAt: iso(created_at) };
    });
    return c.json({ lines, next }, 200);
  });
  return api;
}
