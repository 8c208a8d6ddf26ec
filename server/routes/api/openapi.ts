/** GET /api/openapi.json: the API as OpenAPI 3.1, https://spec.openapis.org/oas/v3.1.1 */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { hostCookie } from "../../accounts/cookies.ts";
import type { Env, Services } from "../../services.ts";
import { requiredScope } from "../middleware/require-scope.ts";
import { json } from "./openapi-responses.ts";
import { startAlternatives } from "./start-schema.ts";

export const openapiRoute = createRoute({
  method: "get",
  path: "/openapi.json",
  operationId: "describe",
  summary: "Get this description",
  security: [],
  responses: { 200: json("An OpenAPI 3.1 document.", z.record(z.string(), z.unknown())) },
});

/** @param api all routes, relative to `/api` */
export function describeApi(api: OpenAPIHono<Env>, { catalog, config }: Services) {
  const mounted = new OpenAPIHono<Env>();
  mounted.route("/api", api);
  const registry = mounted.openAPIRegistry;
  registry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description:
      "Create a token in the settings or with `npm run token -- EMAIL`. Its scope is `read`, `start` (also starts jobs and uploads files) or `all`; each operation names the least scope that it needs.",
  });
  registry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: hostCookie("headway.session_token", config),
    description: "The session cookie of a signed-in browser, for pages of the same origin.",
  });
  const document = mounted.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Headway",
      version: "1",
      description:
        "Start long-running jobs, follow and cancel them, and download their results. Times are ISO 8601 in UTC, IDs are UUIDv7, and errors are `application/problem+json` (RFC 9457). Fields of JSON and parameters of lists that are unknown or misspelt are refused with 422, which names them.",
    },
    servers: [{ url: config.publicUrl ?? "/" }],
    security: [{ token: [] }, { session: [] }],
  });
  Object.assign(document.components!.schemas!, { Start: startAlternatives(catalog) });
  for (const [path, operations] of Object.entries(document.paths ?? {}))
    addScopes(path, operations);
  return document;
}

/** OpenAPI 3.1 lists the roles that a request needs with its security scheme. */
function addScopes(path: string, operations: object): void {
  for (const [method, operation] of Object.entries(operations)) {
    const described = operation as { security?: unknown[] };
    if (described.security) continue;
    const route = path.slice("/api".length).replaceAll(/[{}]/g, "");
    const scope = requiredScope(method.toUpperCase(), route);
    described.security = [{ token: [scope] }, { session: [] }];
  }
}
