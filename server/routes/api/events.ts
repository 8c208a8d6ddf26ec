/** GET /api/jobs/:id/events: what happened to a job, as JSON or as an event stream. */
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { can } from "../../accounts/authorize.ts";
import type { JobRow } from "../../backend/schema.ts";
import { isFinal } from "../../engine/status.ts";
import type { Env, Services } from "../../services.ts";
import { personReader, rawResponse } from "../live/stream-request.ts";
import { loadJob } from "../middleware/load-job.ts";
import { eventJson, eventSchema } from "./event-json.ts";
import { jobParams } from "./job-action-route.ts";
import { createJobChangeListeners, type JobChangeListeners } from "./job-change-listeners.ts";
import { eventStreamTimes, type ReadEvents, streamJobEvents } from "./job-event-stream.ts";
import { noContent, problems } from "./openapi-responses.ts";
import { afterQuery, lastEventId, nextSchema, sliceOf } from "./pagination.ts";

const route = createRoute({
  method: "get",
  path: "/jobs/{id}/events",
  operationId: "listEvents",
  summary: "What happened to a job",
  description: `With \`Accept: text/event-stream\` the answer is a stream: the events behind \`Last-Event-ID\` (or \`after\`), then each new event, without a gap. A message has \`id:\` (the event's \`seq\`) and \`data:\` (the event as JSON) but no \`event:\`, so \`onmessage\` of an EventSource receives every event.

The stream ends after the job's last event, whose type is \`done\`, \`failed\` or \`cancelled\`. If it ends without one, the connection broke: reconnect with the last \`id\`. A reconnect behind the last event is answered with 204, on which an EventSource stops. Behind a number that the job does not have, the stream begins with the first event.`,
  request: {
    params: jobParams,
    query: afterQuery,
    headers: z.object({
      "Last-Event-ID": z.string().optional().meta({
        description: "For the stream: the last `seq` that you have. Overrides `after`.",
      }),
    }),
  },
  responses: {
    200: {
      description: "Events by their number",
      content: {
        "application/json": {
          schema: z.object({ events: z.array(eventSchema), next: nextSchema }),
        },
        "text/event-stream": { schema: z.string() },
      },
    },
    204: noContent("For the stream: the job is final and you have its last event"),
    ...problems(404, 410, 422, 429),
  },
});

export function eventsApi(services: Services): OpenAPIHono<Env> {
  const listeners = createJobChangeListeners(services.backend.notifications);
  const api = new OpenAPIHono<Env>();
  api.openapi({ ...route, middleware: loadJob(services, "see") }, async (c) => {
    const { job } = c.var;
    const { after, limit } = c.req.valid("query");
    if (wantsStream(c)) {
      const given = lastEventId(c.req.header("last-event-id")) ?? after;
      // A number that the job does not have is from another job, or from a database that was restored
      // since: such a reader has none of these events.
      const behind = given > job.event_seq ? 0 : given;
      if (isFinal(job.status) && behind >= job.event_seq) return c.body(null, 204);
      return stream(c, services, listeners, job, behind);
    }
    const events = await services.jobs.events(job.id, after, limit + 1);
    const { page, next } = sliceOf(events, limit);
    const { unit } = services.catalog.get(job.kind) ?? {};
    return c.json({ events: page.map((row) => eventJson(row, unit)), next }, 200);
  });
  return api;
}

function wantsStream(c: Context<Env>): boolean {
  const accepts = c.req.header("accept")?.includes("text/event-stream") ?? false;
  return accepts && c.req.method === "GET";
}

function stream(
  c: Context<Env>,
  services: Services,
  listeners: JobChangeListeners,
  job: JobRow,
  after: number,
): Response {
  const { catalog, jobs, streams } = services;
  const { id, kind, account_id, user_id } = job;
  const readPerson = personReader(c, services);
  const sse = streams.open(rawResponse(c), {
    ...eventStreamTimes,
    owner: c.var.person,
    async isAllowed() {
      const person = await readPerson();
      return person !== null && can(person, "see", { account_id, user_id });
    },
  });
  const read: ReadEvents = (...range) => jobs.nextEvents(id, ...range);
  const { unit } = catalog.get(kind) ?? {};
  const wake = streamJobEvents(sse, { read, unit }, after);
  sse.onClose(listeners.add(id, wake));
  return RESPONSE_ALREADY_SENT;
}
