/** The JSON API, mounted at /api. */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { HonoRequest } from "hono";
import type { Env, Services } from "../../services.ts";
import { isAborted } from "../aborted-request.ts";
import { toHttpError } from "../error-map.ts";
import { HttpError } from "../http-error.ts";
import { limitJsonBody } from "../middleware/limit-body.ts";
import { requireApiPerson } from "../middleware/require-person.ts";
import { requireScope } from "../middleware/require-scope.ts";
import { auditApi } from "./audit.ts";
import { cancellationsApi } from "./cancellations.ts";
import { contactsApi } from "./contacts.ts";
import { eventsApi } from "./events.ts";
import { followUpsApi } from "./follow-ups.ts";
import { jobsApi } from "./jobs.ts";
import { logsApi } from "./logs.ts";
import { describeApi, openapiRoute } from "./openapi.ts";
import { pausesApi } from "./pauses.ts";
import { invalidFields, sendProblem } from "./problems.ts";
import { reschedulesApi } from "./reschedules.ts";
import { resumableUploadsApi } from "./resumable-uploads.ts";
import { retriesApi } from "./retries.ts";
import { scheduleActionsApi } from "./schedule-actions.ts";
import { schedulesApi } from "./schedules.ts";
import { startNowApi } from "./start-now.ts";
import { startsApi } from "./starts.ts";
import { uploadsApi } from "./uploads.ts";

export function apiRoutes(services: Services): OpenAPIHono<Env> {
  const { log } = services;
  const api = new OpenAPIHono<Env>({
    defaultHook(result) {
      if (!result.success) throw invalidFields(result.error);
    },
  });

  api.openapi(openapiRoute, (c) => c.json(description(), 200));

  api.use(requireApiPerson(services), requireScope, async (c, next) => {
    c.header("Cache-Control", "no-cache, private");
    await next();
  });
  const limitBody = limitJsonBody();
  api.use((c, next) => (hasUnlimitedBody(c.req) ? next() : limitBody(c, next)));
  api.route("/", uploadsApi(services));
  api.route("/", resumableUploadsApi(services));
  api.route("/", startsApi(services));
  api.route("/", jobsApi(services));
  api.route("/", cancellationsApi(services));
  api.route("/", pausesApi(services));
  api.route("/", startNowApi(services));
  api.route("/", reschedulesApi(services));
  api.route("/", retriesApi(services));
  api.route("/", followUpsApi(services));
  api.route("/", eventsApi(services));
  api.route("/", logsApi(services));
  api.route("/", auditApi(services));
  api.route("/", schedulesApi(services));
  api.route("/", scheduleActionsApi(services));
  api.route("/", contactsApi(services));

  api.all("*", (c) => {
    const detail = `${c.req.method} ${c.req.path} doesn't exist. See GET /api/openapi.json.`;
    throw new HttpError({ status: 404, title: "Not found", detail });
  });
  api.onError((error, c) => {
    if (isAborted(c)) return c.body(null, 400);
    const httpError = toHttpError(error);
    if (httpError.status >= 500) log.error({ err: error, path: c.req.path }, "request failed");
    return sendProblem(c, httpError);
  });

  let described: ReturnType<typeof describeApi> | undefined;
  function description() {
    described ??= describeApi(api, services);
    return described as unknown as Record<string, unknown>;
  }

  return api;
}

/** Uploads have a limit of their own, and `bodyLimit` makes a copy of a request to look at its body. */
function hasUnlimitedBody({ method, path }: HonoRequest): boolean {
  return method === "GET" || method === "HEAD" || path.startsWith("/api/uploads");
}
