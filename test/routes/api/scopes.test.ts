import type { OpenAPIHono } from "@hono/zod-openapi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TokenScope, tokenScopes } from "../../../server/backend/enums.ts";
import { apiRoutes } from "../../../server/routes/api/api.ts";
import { startRoutes } from "../../../server/routes/middleware/require-scope.ts";
import type { Env } from "../../../server/services.ts";
import { type Api, apiServer, type Member } from "../../support/api-server.ts";
import { backends } from "../../support/backends.ts";
import { type TestDatabase, testDatabase } from "../../support/database.ts";
import { createWebApp } from "../../support/web-app.ts";

const missing = "0190a6c0-0000-7000-8000-000000000000";
const ranks = tokenScopes;

/** The least scope of each route; a new route must be added here. */
const scopes: Record<string, TokenScope> = {
  "OPTIONS /uploads/resumable": "read",
  "POST /uploads/resumable": "start",
  "GET /uploads/resumable/:id": "read",
  "PATCH /uploads/resumable/:id": "start",
  "POST /uploads/resumable/:id": "start",
  "DELETE /uploads/resumable/:id": "start",
  "POST /uploads": "start",
  "POST /jobs/start": "start",
  "GET /jobs": "read",
  "GET /jobs/:id": "read",
  "POST /jobs/:id/cancel": "all",
  "POST /jobs/:id/pause": "all",
  "POST /jobs/:id/resume": "all",
  "POST /jobs/:id/start-now": "start",
  "POST /jobs/:id/retry": "start",
  "POST /jobs/:id/follow-ups/:name": "start",
  "GET /jobs/:id/events": "read",
  "GET /jobs/:id/logs": "read",
  "GET /jobs/:id/audit": "read",
  "POST /jobs/:id/reschedule": "start",
  "GET /schedules": "read",
  "POST /schedules": "all",
  "GET /schedules/:id": "read",
  "PATCH /schedules/:id": "all",
  "DELETE /schedules/:id": "all",
  "GET /schedules/:id/runs": "read",
  "GET /schedules/:id/events": "read",
  "POST /schedules/:id/pause": "all",
  "POST /schedules/:id/resume": "all",
  "POST /schedules/:id/run": "all",
  "GET /contacts": "read",
  "GET /contacts/:id": "read",
  "PATCH /contacts/:id": "all",
  "DELETE /contacts/:id": "all",
};

/** Routes of the API that handle a request, as "GET /jobs/:id". */
function handledRoutes(api: OpenAPIHono<Env>): string[] {
  const routes = api.routes.map(({ method, path }) => `${method} ${path}`);
  return [...new Set(routes)].filter((route) => !route.startsWith("ALL "));
}

test("every route of the API has a scope in this test", async () => {
  const database: TestDatabase = await testDatabase();
  const { services, close } = createWebApp(database);
  const routes = handledRoutes(apiRoutes(services));
  close();
  await database.close();
  expect(routes).toContain("POST /jobs/start");
  const described = routes.filter((route) => route !== "GET /openapi.json");
  expect(described.toSorted()).toEqual(Object.keys(scopes).toSorted());
  expect(startRoutes.toSorted()).toEqual(
    Object.keys(scopes)
      .filter((route) => scopes[route] === "start")
      .toSorted(),
  );
});

describe.each(backends)("API tokens on $name", (which) => {
  let api: Api;
  let ada: Member;
  const tokens = new Map<TokenScope, string>();

  beforeAll(async () => {
    api = await apiServer(which);
    ada = await api.join("ada");
    for (const scope of tokenScopes)
      tokens.set(scope, await api.accounts.createToken(ada.userId, scope, { scope }));
  });
  afterAll(() => api.close());

  const send = (scope: TokenScope, method: string, path: string, init: RequestInit = {}) =>
    fetch(`${api.url}/api${path}`, {
      method,
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${tokens.get(scope)}` },
    });

  const cases = Object.entries(scopes).flatMap(([route, needed]) =>
    tokenScopes.map((given) => ({ route, given, needed })),
  );

  test.each(cases)(
    "$route with the scope $given needs $needed",
    async ({ route, given, needed }) => {
      const [method = "", pattern = ""] = route.split(" ");
      const path = pattern.replace(":id", missing).replace(":name", "undo");
      const answer = await send(given, method, path);
      const isAllowed = ranks.indexOf(given) >= ranks.indexOf(needed);
      if (isAllowed) expect(answer.status).not.toBe(403);
      else {
        expect(answer.status).toBe(403);
        expect(answer.headers.get("www-authenticate")).toContain(`scope="${needed}"`);
        const { detail } = (await answer.json()) as { detail: string };
        expect(detail).toContain(`has the scope \`${given}\``);
      }
    },
  );

  test("a token that starts jobs starts one, and cancels none by a job", async () => {
    const headers = { "content-type": "application/json" };
    const start = (scope: TokenScope, type: string, metadata: object = {}) =>
      send(scope, "POST", "/jobs/start", {
        headers,
        body: JSON.stringify({ type, metadata }),
      });
    expect((await start("read", "counting")).status).toBe(403);
    expect((await start("start", "counting")).status).toBe(202);
    const refused = await start("start", "bulk_cancel");
    expect(refused.status).toBe(403);
    expect((await start("all", "bulk_cancel")).status).not.toBe(403);
  });

  test("a session may do what needs the scope all", async () => {
    const headers = { cookie: ada.cookie, origin: api.url };
    const cancel = `${api.url}/api/jobs/${missing}/cancel`;
    expect((await fetch(cancel, { method: "POST", headers })).status).toBe(404);
  });

  test("an expired token is answered with 401 and a reason", async () => {
    const expiresAt = Date.now() - 1;
    const token = await api.accounts.createToken(ada.userId, "old", { expiresAt });
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${api.url}/api/jobs`, { headers });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining("expired") });
  });

  test("the description of the API names the scope of each operation", async () => {
    const description = (await (await fetch(`${api.url}/api/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { security: object[] }>>;
    };
    for (const [route, needed] of Object.entries(scopes)) {
      const [method = "", pattern = ""] = route.split(" ");
      const path = `/api${pattern.replaceAll(/:(\w+)/g, "{$1}")}`;
      const { security } = description.paths[path]![method.toLowerCase()]!;
      expect(security, route).toContainEqual({ token: [needed] });
    }
  });
});
