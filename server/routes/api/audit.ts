/** GET /api/jobs/:id/audit: who did what with a job. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { listUserNames } from "../../accounts/users.ts";
import { auditActions, auditSources } from "../../backend/enums.ts";
import { listAudit } from "../../engine/audit.ts";
import type { Env, Services } from "../../services.ts";
import { loadJob } from "../middleware/load-job.ts";
import { jobParams } from "./job-action-route.ts";
import { iso } from "./job-json.ts";
import { json, problems } from "./openapi-responses.ts";

const mostLines = 1_000;

const lineSchema = z
  .object({
    action: z.enum(auditActions),
    by: z.object({
      id: z.string(),
      name: z.string().nullable().meta({ description: "Null for somebody who has left" }),
    }),
    via: z.enum(auditSources),
    happenedAt: z.iso.datetime(),
    file_name: z.string().nullable().meta({ description: "What was downloaded" }),
    new_job_id: z
      .string()
      .nullable()
      .meta({ description: "`retried`, `started_again`: the new job" }),
  })
  .openapi("AuditLine");

const route = createRoute({
  method: "get",
  path: "/jobs/{id}/audit",
  operationId: "listAudit",
  summary: "Who did what with a job",
  description: `The latest first, ${mostLines.toLocaleString("en")} at most. Downloads are told once an hour for each person and file.`,
  request: { params: jobParams },
  responses: {
    200: json("What people and programs did", z.object({ audit: z.array(lineSchema) })),
    ...problems(404, 410),
  },
});

export function auditApi(services: Services): OpenAPIHono<Env> {
  const { backend } = services;
  const api = new OpenAPIHono<Env>();
  api.openapi({ ...route, middleware: loadJob(services, "see") }, async (c) => {
    const { job } = c.var;
    const deeds = await listAudit(backend.db, job.id, mostLines);
    const names = await listUserNames(
      backend,
      deeds.map(({ user_id }) => user_id),
    );
    const audit = deeds.map(({ action, user_id, via, created_at, file_name, new_job_id }) => {
      const by = { id: user_id, name: names.get(user_id) ?? null };
      return { action, by, via, happenedAt: iso(created_at), file_name, new_job_id };
    });
    return c.json({ audit }, 200);
  });
  return api;
}
