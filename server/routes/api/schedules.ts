/** GET and POST /api/schedules, GET, PATCH and DELETE /api/schedules/:id, and its runs and events. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { visibleJobs } from "../../accounts/authorize.ts";
import { deleteSchedule, editSchedule } from "../../engine/schedules/change-schedule.ts";
import { createSchedule } from "../../engine/schedules/create-schedule.ts";
import type { Env, Services } from "../../services.ts";
import { loadSchedule } from "../middleware/load-schedule.ts";
import { jobSchema } from "./job-schema.ts";
import { json, noContent, problem, problems } from "./openapi-responses.ts";
import { readJobs } from "./read-jobs.ts";
import {
  newSchedule,
  runQuery,
  scheduleEventJson,
  scheduleEventSchema,
  scheduleJson,
  scheduleParams,
  schedulePatch,
  scheduleQuery,
  scheduleSchema,
} from "./schedule-schema.ts";

const notFound = { 404: problem("The schedule was deleted, or it belongs to somebody else.") };
const maxEvents = 200;

const many = createRoute({
  method: "get",
  path: "/schedules",
  operationId: "listSchedules",
  summary: "List schedules",
  description: "Your schedules, latest first; for the owner of an account all of it.",
  request: { query: scheduleQuery },
  responses: {
    200: json(
      "The schedules.",
      z.object({ schedules: z.array(scheduleSchema), next_cursor: z.string().nullable() }),
    ),
    ...problems(422),
  },
});

const create = createRoute({
  method: "post",
  path: "/schedules",
  operationId: "createSchedule",
  summary: "Create a schedule",
  description:
    "Starts a job at each of its times, in your name. A time is skipped while the run before is unfinished; of times that nobody could start, one run catches up the newest. Repeating a request with the same `Idempotency-Key` returns the same schedule.",
  request: {
    headers: z.object({
      "Idempotency-Key": z.string().min(1).max(255).optional().meta({
        description: "Any text that is unique among your schedules, such as a UUID.",
      }),
    }),
    body: { required: true, content: { "application/json": { schema: newSchedule } } },
  },
  responses: {
    201: json("The schedule.", scheduleSchema),
    ...problems(400, 409, 413, 415, 422, 429),
  },
});

const one = createRoute({
  method: "get",
  path: "/schedules/{id}",
  operationId: "getSchedule",
  summary: "Get a schedule",
  request: { params: scheduleParams },
  responses: { 200: json("The schedule.", scheduleSchema), ...problems(), ...notFound },
});

const change = createRoute({
  method: "patch",
  path: "/schedules/{id}",
  operationId: "updateSchedule",
  summary: "Change a schedule",
  description:
    "Fields that are left out stay as they are. New times count from now on. A run that has begun goes on.",
  request: {
    params: scheduleParams,
    body: { required: true, content: { "application/json": { schema: schedulePatch } } },
  },
  responses: {
    200: json("The schedule after the change.", scheduleSchema),
    ...problems(400, 409, 413, 415, 422),
    ...notFound,
  },
});

const remove = createRoute({
  method: "delete",
  path: "/schedules/{id}",
  operationId: "deleteSchedule",
  summary: "Delete a schedule",
  description: "Its jobs stay. A run that has begun goes on.",
  request: { params: scheduleParams },
  responses: { 204: noContent("The schedule was deleted."), ...problems(), ...notFound },
});

const runs = createRoute({
  method: "get",
  path: "/schedules/{id}/runs",
  operationId: "listScheduleRuns",
  summary: "List the jobs of a schedule",
  request: { params: scheduleParams, query: runQuery },
  responses: {
    200: json(
      "The jobs, latest first.",
      z.object({ jobs: z.array(jobSchema), next_cursor: z.string().nullable() }),
    ),
    ...problems(422),
    ...notFound,
  },
});

const events = createRoute({
  method: "get",
  path: "/schedules/{id}/events",
  operationId: "listScheduleEvents",
  summary: "List the history of a schedule",
  description: `The latest ${maxEvents} events, latest first.`,
  request: { params: scheduleParams },
  responses: {
    200: json("The events.", z.object({ events: z.array(scheduleEventSchema) })),
    ...problems(),
    ...notFound,
  },
});

export function schedulesApi(services: Services): OpenAPIHono<Env> {
  const { backend, catalog, config, schedules } = services;
  const api = new OpenAPIHono<Env>();

  api.openapi(many, async (c) => {
    const { limit, cursor: before } = c.req.valid("query");
    const owner = visibleJobs(c.var.person, "account");
    const { rows, next } = await schedules.list(owner, { before, limit });
    const now = backend.now();
    const list = rows.map((row) => scheduleJson(row, catalog.get(row.kind), now));
    return c.json({ schedules: list, next_cursor: next }, 200);
  });

  api.openapi(create, async (c) => {
    const { type, metadata, repeats, time_zone } = c.req.valid("json");
    const { accountId, userId } = c.var.person;
    const row = await createSchedule(backend, catalog, {
      ...{ kind: type, input: metadata, accountId, userId, repeats, timeZone: time_zone },
      uploadsOf: visibleJobs(c.var.person, "account"),
      idempotencyKey: c.req.valid("header")["Idempotency-Key"],
      maxSchedules: config.limits.maxSchedules,
    });
    c.header("Location", `/api/schedules/${row.id}`);
    return c.json(scheduleJson(row, catalog.get(row.kind), backend.now()), 201);
  });

  api.openapi(one, async (c) => {
    const row = await loadSchedule(c, services, "see");
    return c.json(scheduleJson(row, catalog.get(row.kind), backend.now()), 200);
  });

  api.openapi(change, async (c) => {
    const row = await loadSchedule(c, services, "act");
    const { metadata, repeats = row.repeats, time_zone, version } = c.req.valid("json");
    const uploadsOf = visibleJobs(c.var.person, "account");
    const changed = await editSchedule({ backend, catalog }, row, {
      ...{ repeats, timeZone: time_zone ?? row.time_zone, version, by: c.var.person.userId },
      work: metadata && { input: metadata, uploadsOf },
    });
    return c.json(scheduleJson(changed, catalog.get(row.kind), backend.now()), 200);
  });

  api.openapi(remove, async (c) => {
    const { id } = await loadSchedule(c, services, "act");
    await deleteSchedule(backend, id);
    return c.body(null, 204);
  });

  api.openapi(runs, async (c) => {
    const { id } = await loadSchedule(c, services, "see");
    const { limit, cursor: before } = c.req.valid("query");
    const { rows, next } = await schedules.runs(id, { before, limit });
    return c.json({ jobs: await readJobs(services, rows), next_cursor: next }, 200);
  });

  api.openapi(events, async (c) => {
    const { id } = await loadSchedule(c, services, "see");
    const rows = await schedules.events(id, { limit: maxEvents });
    return c.json({ events: rows.map(scheduleEventJson) }, 200);
  });

  return api;
}
