/** GET /api/jobs/:id/events: all that happened to a job, fetched or live. */
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { parseBearerToken } from "../../accounts/api-tokens.ts";
import { can } from "../../accounts/authorize.ts";
import type { JobRow } from "../../backend/schema.ts";
import { isFinal } from "../../engine/status.ts";
import { onClose } from "../../live/on-close.ts";
import type { Env, Services } from "../../services.ts";
import { empty, problems } from "./answers.ts";
import { streamEvents } from "./event-stream.ts";
import { eventJson, eventSchema } from "./job-events.ts";
import { behindQuery, lastEventId, nextSchema, pageOf } from "./numbered.ts";
import { jobParams, oneJob } from "./one-job.ts";
import { createWakeUps, type WakeUps } from "./wake-ups.ts";

const route = createRoute({
  method: "get",
  path: "/jobs/{id}/events",
  operationId: "listEvents",
  summary: "What happened to a job",
  description: `With \`Accept: text/event-stream\` the same events live: those behind \`Last-Event-ID\` (or \`after\`) first, then each as it happens, without a gap. A message has \`id:\` (the event's \`seq\`) and \`data:\` (the event as JSON) and no \`event:\`, so \`onmessage\` of an EventSource gets all of them.

The stream ends right after the job's last event, whose type is \`succeeded\`, \`failed\` or \`cancelled\`; a stream that ends without one broke off: come back with the last \`id\`. Who comes back behind the last event gets 204, which an EventSource takes as the end.`,
  request: {
    params: jobParams,
    query: behindQuery,
    headers: z.object({
      "Last-Event-ID": z.string().optional().meta({
        description: "For the stream: the last `seq` that you have; goes before `after`",
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
    204: empty("For the stream: the job has ended, and you have its last event"),
    ...problems(404, 410, 422),
  },
});

export function eventsApi(services: Services): OpenAPIHono<Env> {
  const wakeUps = createWakeUps(services.backend.signals);
  const api = new OpenAPIHono<Env>();
  api.openapi(route, async (c) => {
    const job = await oneJob(c, services, "see");
    const { after, limit } = c.req.valid("query");
    if (wantsStream(c)) {
      const behind = lastEventId(c.req.header("last-event-id")) ?? after;
      if (isFinal(job.status) && behind >= job.event_seq) return c.body(null, 204);
      return stream(c, services, wakeUps, job, behind);
    }
    const events = await services.jobs.events(job.id, after, limit + 1);
    const { page, next } = pageOf(events, limit);
    return c.json({ events: page.map(eventJson), next }, 200);
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
  wakeUps: WakeUps,
  job: JobRow,
  after: number,
): Response {
  const { accounts, hub, jobs } = services;
  const { outgoing } = (c.env ?? {}) as Partial<HttpBindings>;
  if (!outgoing) throw new Error("Streams need the server of Node");
  const { person } = c.var;
  const { headers } = c.req.raw;
  const token = parseBearerToken(headers.get("authorization") ?? undefined);

  const events = streamEvents(
    outgoing,
    {
      async next(behind, limit) {
        const { events, ended } = await jobs.nextEvents(job.id, behind, limit);
        return { events: events.map(eventJson), ended };
      },
      async isAllowed() {
        const now = token
          ? await accounts.authenticateToken(token)
          : await accounts.authenticate(headers);
        return now !== null && can(now, "see", job);
      },
    },
    after,
  );
  const ends = [
    wakeUps.on(job.id, events.wake),
    // It watches no topic: the hub ends it with the process, or with the session or token.
    hub.watch({
      topics: [],
      cursors: new Map(),
      userId: person.userId,
      accountId: person.accountId,
      sessionId: person.sessionId,
      mailbox: { put() {}, append() {}, flush() {}, waitingBytes: 0 },
      end: (reason) => (reason === "shutdown" ? events.leave() : events.check()),
    }),
  ];
  onClose(outgoing, () => {
    for (const end of ends) end();
  });
  return RESPONSE_ALREADY_SENT;
}
