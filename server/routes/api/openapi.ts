/** The description of the whole interface, OpenAPI 3.1: https://spec.openapis.org/oas/v3.1.1 */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { isSecure } from "../../accounts/auth.ts";
import type { Env, Services } from "../../services.ts";
import { json } from "./openapi-responses.ts";
import { startAlternatives } from "./start-schema.ts";

export const openapiRoute = createRoute({
  method: "get",
  path: "/openapi.json",
  operationId: "describe",
  summary: "This description",
  security: [],
  responses: { 200: json("OpenAPI 3.1", z.record(z.string(), z.unknown())) },
});

/** @param api all routes, below the path that they are mounted at */
export function describeApi(api: OpenAPIHono<Env>, { catalog, config }: Services) {
  const mounted = new OpenAPIHono<Env>();
  mounted.route("/api", api);
  const registry = mounted.openAPIRegistry;
  registry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: "Made in the settings, or by `npm run token -- EMAIL`",
  });
  registry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: isSecure(config) ? "__Secure-headway.session_token" : "headway.session_token",
    description: "The cookie of a signed-in browser, for pages of the same origin",
  });
  const document = mounted.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Headway",
      version: "1",
      description:
        "Start long-running jobs, watch them, cancel them, fetch what they leave. Times are ISO 8601 in UTC, ids UUIDv7; errors are `application/problem+json`.",
    },
    servers: [{ url: config.publicUrl ?? "/" }],
    security: [{ token: [] }, { session: [] }],
  });
  Object.assign(document.components!.schemas!, { Start: startAlternatives(catalog) });
  return document;
}
