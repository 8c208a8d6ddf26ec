/** The JSON interface for programs, below /api. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import type { Env, Services } from "../../services.ts";
import { requireApiPerson } from "../page/guard.ts";
import { auditApi } from "./audit.ts";
import { eventsApi } from "./events.ts";
import { jobActionsApi } from "./job-actions.ts";
import { jobsApi } from "./jobs.ts";
import { logsApi } from "./logs.ts";
import { describeApi, openapiRoute } from "./openapi.ts";
import { answer, invalid, Problem, problemOf } from "./problems.ts";
import { startsApi } from "./starts.ts";
import { uploadsApi } from "./uploads.ts";

/** Bytes of JSON; files have a route and a limit of their own. */
const largestBody = 1_000_000;

export function apiRoutes(services: Services): OpenAPIHono<Env> {
  const { log } = services;
  const api = new OpenAPIHono<Env>({
    defaultHook(result) {
      if (!result.success) throw invalid(result.error);
    },
  });

  api.openapi(openapiRoute, (c) => c.json(description(), 200));

  api.use(requireApiPerson(services), async (c, next) => {
    c.header("Cache-Control", "no-cache, private");
    await next();
  });
  api.use("/jobs/*", bodyLimit({ maxSize: largestBody, onError: tooLarge }));
  api.route("/", uploadsApi(services));
  api.route("/", startsApi(services));
  api.route("/", jobsApi(services));
  api.route("/", jobActionsApi(services));
  api.route("/", eventsApi(services));
  api.route("/", logsApi(services));
  api.route("/", auditApi(services));

  api.all("*", (c) => {
    const detail = `There is no ${c.req.method} ${c.req.path}; GET /api/openapi.json says what there is.`;
    return answer(c, new Problem(404, detail));
  });
  api.onError((error, c) => {
    const problem = problemOf(error);
    if (problem.status >= 500) log.error({ err: error, path: c.req.path }, "request failed");
    return answer(c, problem);
  });

  let described: ReturnType<typeof describeApi> | undefined;
  function description() {
    described ??= describeApi(api, services);
    return described as unknown as Record<string, unknown>;
  }

  return api;
}

function tooLarge(): never {
  throw new Problem(413, "A request can hold up to 1 MB of JSON. Send files to POST /api/uploads.");
}
