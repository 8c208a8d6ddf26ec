/** GET /api/openapi.json: the API as OpenAPI 3.1, https://spec.openapis.org/oas/v3.1.1 */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { isSecure } from "../../accounts/auth.ts";
import type { Env, Services } from "../../services.ts";
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
    description: "Create a token in the settings or with `npm run token -- EMAIL`.",
  });
  registry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: isSecure(config) ? "__Secure-headway.session_token" : "headway.session_token",
    description: "The session cookie of a signed-in browser, for pages of the same origin.",
  });
  const document = mounted.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Headway",
      version: "1",
      description:
        "Start long-running jobs, follow and cancel them, and download their results. Times are ISO 8601 in UTC, IDs are UUIDv7, and errors are `application/problem+json` (RFC 9457).",
    },
    servers: [{ url: config.publicUrl ?? "/" }],
    security: [{ token: [] }, { session: [] }],
  });
  Object.assign(document.components!.schemas!, { Start: startAlternatives(catalog) });
  return document;
}
