/** Sends what the description of the API does not know to each operation that it describes. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insertContacts } from "../../contacts/insert-contacts.ts";
import { type Api, apiServer, type Member } from "../../support/api-server.ts";
import { backends } from "../../support/backends.ts";

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
  oneOf?: Schema[];
}
interface Operation {
  operationId: string;
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}
interface Described {
  method: string;
  path: string;
  operation: Operation;
}

let api: Api;
let ada: Member;
let operations: Described[];
let schemas: Record<string, Schema>;
let ids: { job: string; contact: string; schedule: string };

beforeAll(async () => {
  api = await apiServer(backends[0]!);
  ada = await api.join("ada");
  const document = (await (await fetch(`${api.url}/api/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, Schema> };
  };
  schemas = document.components.schemas;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  await insertContacts(api.backend, [{ email: "x@q.example" }], { accountId: ada.accountId });
  const contact = await api.backend.db.selectFrom("contacts").select("id").executeTakeFirst();
  const daily = { type: "counting", repeats: "every day at 7:00" };
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(daily) };
  const schedule = (await (await ada.send("/schedules", init)).json()) as { id: string };
  ids = {
    ...{ job: await ada.start("counting"), contact: String(contact!.id) },
    schedule: schedule.id,
  };
});
afterAll(() => api.close());

const jsonSchemaOf = ({ operation }: Described) =>
  operation.requestBody?.content["application/json"]?.schema;

/** @returns the keys of all alternatives of a body */
function keysOf({ $ref, properties = {}, anyOf = [], oneOf = [] }: Schema): string[] {
  if ($ref) return keysOf(schemas[$ref.split("/").at(-1)!]!);
  return [...new Set([...Object.keys(properties), ...[...anyOf, ...oneOf].flatMap(keysOf)])];
}

/** @returns keys that are not known, among them each known one in another case */
function misspelt(known: readonly string[]): string[] {
  const other = known.map((key) => key[0]!.toUpperCase() + key.slice(1));
  return ["unknown_key", ...other, ...known.map((key) => key.toUpperCase())];
}

/** @returns the path below `/api` of something that Ada may change */
function concrete(path: string): string {
  const [, , resource] = path.split("/");
  const id = { contacts: ids.contact, schedules: ids.schedule }[resource!] ?? ids.job;
  return path.slice("/api".length).replace("{id}", id).replace("{name}", "again");
}

async function everything() {
  const jobs = await api.backend.db.selectFrom("jobs").selectAll().execute();
  const contacts = await api.backend.db.selectFrom("contacts").selectAll().execute();
  const schedules = await api.backend.db.selectFrom("schedules").selectAll().execute();
  return { jobs, contacts, schedules };
}

test("the description names every operation that takes JSON", () => {
  const changing = operations.filter(({ method }) => ["post", "put", "patch"].includes(method));
  const bytes = changing.filter((each) => !jsonSchemaOf(each));
  expect(bytes.map(({ operation }) => operation.operationId).sort()).toEqual([
    ...[
      "continueResumableUpload",
      "createResumableUpload",
      "overrideResumableUploadMethod",
      "upload",
    ],
  ]);
  expect(changing.length - bytes.length).toBe(14);
});

describe("an operation that takes JSON", () => {
  /** What it needs beside a wrong key. */
  const needed: Record<string, object> = { startJob: { type: "counting" } };

  test("refuses each key that it does not know, and names it, and changes nothing", async () => {
    const before = await everything();
    for (const described of operations) {
      const schema = jsonSchemaOf(described);
      if (!schema) continue;
      const { method, path, operation } = described;
      for (const key of misspelt(keysOf(schema))) {
        const body = JSON.stringify({ ...needed[operation.operationId], [key]: "failed" });
        const headers = { "content-type": "application/json" };
        const init = { method: method.toUpperCase(), headers, body };
        const answer = await ada.send(concrete(path), init);
        const asked = `${method} ${path} with ${key}`;
        expect(answer.status, asked).toBe(422);
        const { errors } = (await answer.json()) as { errors: object };
        expect(errors, asked).toHaveProperty([key], "Unknown field");
      }
    }
    expect(await everything()).toEqual(before);
  });

  test("refuses JSON that is not called so, instead of leaving it out", async () => {
    const before = await everything();
    for (const described of operations) {
      if (!jsonSchemaOf(described)) continue;
      const { method, path } = described;
      for (const type of ["application/x-www-form-urlencoded", "text/plain"]) {
        const headers = { "content-type": type };
        const init = { method: method.toUpperCase(), headers, body: '{"only":"failed"}' };
        const answer = await ada.send(concrete(path), init);
        expect(answer.status, `${method} ${path} as ${type}`).toBe(415);
      }
    }
    expect(await everything()).toEqual(before);
  });
});

test("a list refuses each parameter that it does not know, and names it", async () => {
  const parametersOf = ({ operation }: Described) =>
    (operation.parameters ?? []).filter((each) => each.in === "query").map(({ name }) => name);
  const lists = operations.filter((each) => {
    // Polyfills of EventSource add a parameter of their own to a stream.
    const isStream = each.operation.operationId === "listEvents";
    return each.method === "get" && !isStream && parametersOf(each).length > 0;
  });
  expect(lists.map(({ operation }) => operation.operationId).sort()).toEqual([
    ...["listContacts", "listJobs", "listLogLines", "listScheduleRuns", "listSchedules"],
  ]);
  for (const described of lists) {
    const { path } = described;
    for (const name of misspelt(parametersOf(described))) {
      const answer = await ada.send(`${concrete(path)}?${name}=failed`);
      const asked = `${path} with ${name}`;
      expect(answer.status, asked).toBe(422);
      const { errors } = (await answer.json()) as { errors: object };
      expect(errors, asked).toHaveProperty([name], "Unknown field");
    }
  }
});
