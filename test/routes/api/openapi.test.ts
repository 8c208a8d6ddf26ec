import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { apiRoutes } from "../../../server/routes/api/api.ts";
import type { Services } from "../../../server/services.ts";
import { insertContacts } from "../../contacts/insert-contacts.ts";
import { type Api, apiServer, type Member } from "../../support/api-server.ts";
import { backends } from "../../support/backends.ts";

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];
interface Content {
  content?: Record<string, { schema: JsonSchema }>;
}
interface Operation {
  operationId: string;
  summary: string;
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: Content;
  responses: Record<string, Content & { description: string }>;
  security?: object[];
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema>; securitySchemes: object };
}

let api: Api;
let ada: Member;
let document: Document;
beforeAll(async () => {
  api = await apiServer(backends[0]!);
  ada = await api.join("ada");
  document = (await (await fetch(`${api.url}/api/openapi.json`)).json()) as Document;
});
afterAll(() => api.close());

/** Converts a schema with its references, and rejects properties that it does not describe. */
function schemaOf(schema: JsonSchema): z.ZodType {
  const whole = { ...(schema as object), $defs: document.components.schemas };
  const text = JSON.stringify(whole, closed).replaceAll("#/components/schemas/", "#/$defs/");
  return z.fromJSONSchema(JSON.parse(text));
}

function closed(_key: string, value: unknown): unknown {
  const isObject = value !== null && typeof value === "object" && "properties" in value;
  return isObject ? { additionalProperties: false, ...value } : value;
}

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

test("the description is public and valid OpenAPI 3.1", () => {
  expect(document.openapi).toBe("3.1.0");
  expect(document).toMatchObject({ info: { title: "Headway", version: "1" }, servers: [{}] });
});

test("the description covers every route and no other", () => {
  const described = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`);
  const routes = apiRoutes({ backend: api.backend } as Services).routes.filter(
    ({ method }) => method !== "ALL",
  );
  const served = routes.map(
    ({ method, path }) => `${method} /api${path.replaceAll(/:(\w+)/g, "{$1}")}`,
  );
  expect(described.sort()).toEqual([...new Set(served)].sort());
  expect(described).toHaveLength(35);
});

test("every operation has a unique id, a summary and its path parameters", () => {
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { path, operation } of operations()) {
    expect(operation.summary).toBeTruthy();
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = operation.parameters?.filter((each) => each.in === "path") ?? [];
    expect(declared.map((each) => each.name)).toEqual(inPath);
    expect(declared.every((each) => each.required)).toBe(true);
    for (const response of Object.values(operation.responses)) {
      expect(response.description).toBeTruthy();
    }
  }
});

test("every reference in the description resolves", () => {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
  expect(refs.length).toBeGreaterThan(10);
  for (const [, name] of refs) expect(document.components.schemas).toHaveProperty(name!);
});

test("the description has the input schema of every kind", () => {
  const start = schemaOf({ $ref: "#/components/schemas/Start" } as JsonSchema);
  const good = [
    { type: "counting" },
    { type: "stepping", metadata: { pause: 5 }, run_at: "2099-01-01T00:00:00Z" },
    { type: "secretive", metadata: { user: "ada", password: "x" } },
  ];
  const bad = [
    { type: "nonsense" },
    { type: "secretive" },
    { type: "secretive", metadata: { user: "ada" } },
    { type: "stepping", metadata: { pause: -1 } },
    { type: "counting", runAt: "2099-01-01T00:00:00Z" },
  ];
  for (const body of good) expect(start.safeParse(body).success).toBe(true);
  for (const body of bad) expect(start.safeParse(body).success).toBe(false);
  const text = JSON.stringify(document.components.schemas.Start);
  expect(text).toContain('"title":"Milliseconds between steps"');
  expect(text).toContain('"writeOnly":true');
  expect(text).not.toMatch(/"(secret|label|help|upload)":/);
});

describe("the description of responses", () => {
  const nobodys = "0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e9f";

  /** Sends a request and compares the answer with the description. */
  async function check(
    method: "get" | "post",
    template: string,
    path: string,
    init: RequestInit = {},
  ): Promise<unknown> {
    const operation = document.paths[`/api${template}`]?.[method];
    const answer = await ada.send(path, { method: method.toUpperCase(), ...init });
    const described = operation?.responses[answer.status];
    expect(described, `${method} ${path} answers ${answer.status}`).toBeDefined();
    const text = await answer.text();
    const type = answer.headers.get("content-type")?.split(";")[0] ?? "";
    if (!described!.content) return expect(text).toBe("");
    const schema = described!.content[type]?.schema;
    expect(schema, `${method} ${path} answers ${type}`).toBeDefined();
    const body = type === "text/event-stream" ? text : JSON.parse(text);
    expect(schemaOf(schema!).parse(body)).toEqual(body);
    return body;
  }

  const json = (body: unknown) => ({
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });

  test("the answers to successful requests match it", async () => {
    await check("get", "/openapi.json", "/openapi.json");
    await check("post", "/uploads", "/uploads", { body: "a,b\n" });
    const tus = { "tus-resumable": "1.0.0" };
    const path = "/uploads/resumable";
    const headers = { ...tus, "upload-length": "4" };
    const created = (await check("post", path, path, { headers })) as { upload_id: string };
    const init = { headers: tus };
    await check("get", `${path}/{id}`, `${path}/${created.upload_id}`, init);
    for (const type of ["counting", "failing"]) {
      const started = await check("post", "/jobs/start", "/jobs/start", json({ type }));
      const { job_id: id } = started as { job_id: string };
      await check("get", "/jobs/{id}", `/jobs/${id}`);
      for (const action of ["pause", "resume"]) {
        await check("post", `/jobs/{id}/${action}`, `/jobs/${id}/${action}`);
      }
      await api.runNext();
      await check("get", "/jobs/{id}", `/jobs/${id}`);
      await check("get", "/jobs/{id}", `/jobs/${id}`, { headers: { "if-none-match": "*" } });
      await check("get", "/jobs/{id}/events", `/jobs/${id}/events`);
      const headers = { accept: "text/event-stream" };
      await check("get", "/jobs/{id}/events", `/jobs/${id}/events`, { headers });
      await check("get", "/jobs/{id}/events", `/jobs/${id}/events?after=99`, { headers });
      await check("get", "/jobs/{id}/logs", `/jobs/${id}/logs`);
      const again = await check("post", "/jobs/{id}/retry", `/jobs/${id}/retry`);
      const { id: next } = again as { id: string };
      await check("post", "/jobs/{id}/cancel", `/jobs/${next}/cancel`);
    }
    await insertContacts(api.backend, [{ email: "x@q.example" }], { accountId: ada.accountId });
    const found = (await check("get", "/contacts", "/contacts")) as { contacts: { id: number }[] };
    await check("get", "/contacts/{id}", `/contacts/${found.contacts[0]!.id}`);
    const list = (await check("get", "/jobs", "/jobs?limit=2")) as { next_cursor: string };
    expect(list.next_cursor).toBeTruthy();
    await check("get", "/jobs", `/jobs?limit=2&cursor=${list.next_cursor}`);
  });

  test("the answers to rejected requests match it", async () => {
    await check("get", "/contacts", `/contacts?job=${nobodys}`);
    await check("get", "/contacts", "/contacts?sort=x");
    await check("get", "/contacts/{id}", "/contacts/x");
    await check("post", "/uploads", "/uploads", { body: "" });
    await check("post", "/uploads", "/uploads", { body: "x".repeat(1_000_001) });
    const path = "/uploads/resumable";
    await check("post", path, path);
    await check("post", path, path, { headers: { "tus-resumable": "1.0.0" } });
    const tus = { headers: { "tus-resumable": "1.0.0" } };
    await check("get", `${path}/{id}`, `${path}/${nobodys}`, tus);
    await check("post", `${path}/{id}`, `${path}/${nobodys}`, tus);
    const key = { "idempotency-key": "once" };
    for (const type of ["counting", "failing", "nonsense"]) {
      const { body, headers } = json({ type });
      const init = { body, headers: { ...headers, ...key } };
      await check("post", "/jobs/start", "/jobs/start", init);
    }
    for (const body of ["{", { type: "secretive" }, "x".repeat(1_000_001)]) {
      await check("post", "/jobs/start", "/jobs/start", json(body));
    }
    await check("post", "/jobs/start", "/jobs/start", { body: "type=counting" });
    const id = await ada.start("unstoppable");
    for (const [method, name] of [
      ["post", "cancel"],
      ["post", "pause"],
      ["post", "resume"],
      ["post", "retry"],
      ["get", "events"],
      ["get", "logs"],
    ] as const) {
      await check(method, `/jobs/{id}/${name}`, `/jobs/${nobodys}/${name}`);
    }
    await check("get", "/jobs/{id}", `/jobs/${nobodys}`);
    await check("post", "/jobs/{id}/cancel", `/jobs/${id}/cancel`);
    await check("post", "/jobs/{id}/retry", `/jobs/${id}/retry`);
    await check("get", "/jobs", "/jobs?limit=0");
    await check("get", "/jobs/{id}/logs", `/jobs/${id}/logs?level=loud`);
    await check("get", "/jobs/{id}/events", `/jobs/${id}/events?after=x`);
    ada.token = "hw_nobody";
    await check("get", "/jobs", "/jobs");
  });
});
