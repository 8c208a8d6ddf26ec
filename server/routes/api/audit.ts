/** GET /api/jobs/:id/audit */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { listUserNames } from "../../accounts/users.ts";
import { auditActions, auditSources } from "../../backend/enums.ts";
import type { Env, Services } from "../../services.ts";
import { loadJob } from "../middleware/load-job.ts";
import { jobParams } from "./job-action-route.ts";
import { iso } from "./job-json.ts";
import { json, problems } from "./openapi-responses.ts";

const maxEntries = 1_000;

const entrySchema = z
  .object({
    action: z.enum(auditActions),
    by: z.object({
      id: z.string(),
      name: z.string().nullable().meta({ description: "Null for a person who has left." }),
    }),
    via: z.enum(auditSources),
    happenedAt: z.iso.datetime(),
    file_name: z
      .string()
      .nullable()
      .meta({ description: "For `downloaded`: the name of the file." }),
    new_job_id: z.string().nullable().meta({
      description: "For `retried`, `started_again` and `followed_up`: ID of the new job.",
    }),
  })
  .openapi("AuditLine");

const route = createRoute({
  method: "get",
  path: "/jobs/{id}/audit",
  operationId: "listAudit",
  summary: "List the audit log of a job",
  description: `The latest ${maxEntries.toLocaleString("en")} entries, latest first. Repeated downloads of a file by one person are recorded once an hour.`,
  request: { params: jobParams },
  responses: {
    200: json("The entries.", z.object({ audit: z.array(entrySchema) })),
    ...problems(404, 410),
  },
});

export function auditApi(services: Services): OpenAPIHono<Env> {
  const { backend, jobs } = services;
  const api = new OpenAPIHono<Env>();
  api.openapi({ ...route, middleware: loadJob(services, "see") }, async (c) => {
    const { job } = c.var;
    const entries = await jobs.audit(job.id, maxEntries);
    const names = await listUserNames(
      backend,
      entries.map(({ user_id }) => user_id),
    );
    const audit = entries.map(({ action, user_id, via, created_at, file_name, new_job_id }) => {
      const by = { id: user_id, name: names.get(user_id) ?? null };
      return { action, by, via, happenedAt: iso(created_at), file_name, new_job_id };
    });
    return c.json({ audit }, 200);
  });
  return api;
}
