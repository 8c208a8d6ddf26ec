/** POST /api/schedules/:id/pause, /resume and /run */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { pauseSchedule, resumeSchedule } from "../../engine/schedules/change-schedule.ts";
import { runScheduleNow } from "../../engine/schedules/run-schedule-now.ts";
import type { Env, Services } from "../../services.ts";
import { loadSchedule } from "../middleware/load-schedule.ts";
import { ignoreEmptyBody } from "./ignore-empty-body.ts";
import { noOptions } from "./job-action-route.ts";
import { jobSchema } from "./job-schema.ts";
import { json, problem, problems } from "./openapi-responses.ts";
import { readJob } from "./read-jobs.ts";
import { scheduleJson, scheduleParams, scheduleSchema } from "./schedule-schema.ts";
import { newJobHeaders, setNewJobHeaders } from "./starts.ts";

const request = { params: scheduleParams, body: noOptions };
const notFound = { 404: problem("The schedule was deleted, or it belongs to somebody else.") };

const pause = createRoute({
  method: "post",
  path: "/schedules/{id}/pause",
  operationId: "pauseSchedule",
  summary: "Pause a schedule",
  description: "A run that has begun goes on. A paused schedule is returned unchanged.",
  request,
  responses: {
    200: json("The schedule after the change.", scheduleSchema),
    ...problems(400, 415, 422),
    ...notFound,
  },
});

const resume = createRoute({
  method: "post",
  path: "/schedules/{id}/resume",
  operationId: "resumeSchedule",
  summary: "Resume a paused schedule",
  description: "Times that passed during the pause are not caught up.",
  request,
  responses: {
    200: json("The schedule after the change.", scheduleSchema),
    ...problems(400, 415, 422),
    ...notFound,
  },
});

const run = createRoute({
  method: "post",
  path: "/schedules/{id}/run",
  operationId: "runSchedule",
  summary: "Start a run of a schedule now",
  description: "Its times stay as they are. Answers 409 while a run is unfinished.",
  request,
  responses: {
    202: json("The new job.", jobSchema, newJobHeaders),
    ...problems(400, 409, 415, 422, 429),
    ...notFound,
  },
});

export function scheduleActionsApi(services: Services): OpenAPIHono<Env> {
  const { backend, catalog, config } = services;
  const api = new OpenAPIHono<Env>();

  api.openapi({ ...pause, middleware: ignoreEmptyBody }, async (c) => {
    const { id, kind } = await loadSchedule(c, services, "act");
    const row = await pauseSchedule(backend, id, c.var.person.userId);
    return c.json(scheduleJson(row, catalog.get(kind), backend.now()), 200);
  });

  api.openapi({ ...resume, middleware: ignoreEmptyBody }, async (c) => {
    const { id, kind } = await loadSchedule(c, services, "act");
    const row = await resumeSchedule(backend, id, c.var.person.userId);
    return c.json(scheduleJson(row, catalog.get(kind), backend.now()), 200);
  });

  api.openapi({ ...run, middleware: ignoreEmptyBody }, async (c) => {
    const schedule = await loadSchedule(c, services, "act");
    const parts = { backend, catalog, limits: config.limits };
    const job = await runScheduleNow(parts, schedule, c.var.person.userId, "api");
    setNewJobHeaders(c, job, backend.now());
    return c.json(await readJob(services, job), 202);
  });

  return api;
}
