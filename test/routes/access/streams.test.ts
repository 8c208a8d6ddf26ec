/** Every topic of a page and the events of a job are streamed to everybody: to whom, and to whom not. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type ServerType, serve } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { cancel } from "../../../server/engine/cancel.ts";
import { start } from "../../../server/engine/start/start.ts";
import type { JobTopic, ListScope } from "../../../server/live/topics.ts";
import { backends } from "../../support/backends.ts";
import { type Credential, headersOf } from "./send.ts";
import { type Actor, createWorld, type Name, secret, type World } from "./world.ts";

let world: World;
let server: ServerType;
beforeAll(async () => {
  world = await createWorld(backends[0]!);
  server = serve({ fetch: world.site.app.fetch, hostname: "127.0.0.1", port: 0 });
  if (!server.listening) await once(server, "listening");
});
afterAll(async () => {
  server.close();
  await world.close();
});

/** Opens a stream, which ends with the test. */
async function open(path: string, sender: Actor, credential: Credential): Promise<Response> {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const headers = {
    ...headersOf(credential, sender),
    ...{ accept: "text/event-stream", "sec-fetch-site": "same-origin" },
  };
  return fetch(url, { headers, signal: abort.signal, redirect: "manual" });
}

/** @returns a function that reads on until the text has come, and returns all that came so far */
function readerOf(answer: Response): (text: string) => Promise<string> {
  expect(answer.headers.get("content-type")).toMatch(/^text\/event-stream/);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let read = "";
  return async (text) => {
    while (!read.includes(text)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`The stream ended before ${text}: ${read}`);
      read += value;
    }
    return read;
  };
}

/** The topics of pages. The compiler asks for a new one. */
const topics: Record<
  JobTopic["kind"] | `jobs:${ListScope}`,
  { who: readonly Name[]; of: (id: string) => string }
> = {
  job: { who: ["creator", "owner"], of: (id) => `job:${id}` },
  row: { who: ["creator", "owner"], of: (id) => `row:${id}` },
  "jobs:mine": { who: ["creator"], of: () => "jobs:mine" },
  "jobs:account": { who: ["creator", "owner"], of: () => "jobs:account" },
};
const people = ["creator", "owner", "colleague", "outsider"] as const;

/** Starts a job of the reader, of which every topic of theirs says something. */
async function startOwn({ userId, accountId }: Actor, upload_id: string): Promise<string> {
  const { backend, catalog } = world.site;
  const input = { upload_id, note: "mine" };
  const request = { kind: "confidential", input, userId, accountId };
  return (await start(backend, catalog, request)).job.id;
}

const readers = Object.entries(topics).flatMap(([topic, { who, of }]) =>
  people.map((name) => ({ topic, of, name, may: who.includes(name) })),
);

describe("a stream of pages", () => {
  test.each(readers)("sends $topic of a job to the $name: $may", async ({ of, name, may }) => {
    const reader = world[name];
    const { backend, catalog } = world.site;
    const upload = await world.upload(reader);
    const own = await startOwn(reader, upload);
    const id = await world.job("queued");
    const watched = `${of(id)},job:${own},jobs:mine`;
    const read = readerOf(await open(`/live?topics=${watched}`, reader, "session"));
    await read(`panel-${own}`);
    // What the job sends when it changes comes before what the reader's own jobs send afterwards.
    await cancel({ backend, catalog }, id, world.creator.userId);
    const created = await world.job("queued");
    await cancel({ backend, catalog }, own, reader.userId);
    const later = await startOwn(reader, upload);
    await read("Cancelled");
    const text = await read(later);
    expect([id, created].some((each) => text.includes(each))).toBe(may);
    if (!may) expect(text).not.toContain(secret);
  });

  test("leads to the sign-in without a session", async () => {
    const path = `/live?topics=job:${await world.job("queued")}`;
    const answer = await open(path, world.creator, "nothing");
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toMatch(/^\/sign-in\?/);
  });

  test.each([
    { credential: "token", status: 403 },
    { credential: "forged", status: 401 },
  ] as const)("is refused to programs: $credential", async ({ credential, status }) => {
    const path = `/live?topics=job:${await world.job("queued")}`;
    expect((await open(path, world.creator, credential)).status).toBe(status);
  });
});

describe("the stream of a job's events", () => {
  const everybody = people.flatMap((name) =>
    (["session", "token"] as const).map((credential) => ({ name, credential })),
  );

  test.each(everybody)("opens for those who may see the job: $name by $credential", async (who) => {
    const path = `/api/jobs/${await world.job("finished")}/events`;
    const answer = await open(path, world[who.name], who.credential);
    if (who.name === "creator" || who.name === "owner") {
      expect(await readerOf(answer)(secret)).toContain("id: 1\n");
      return;
    }
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain(secret);
  });

  test.each(["nothing", "forged"] as const)(
    "is not opened with %s as a session and token",
    async (credential) => {
      const path = `/api/jobs/${await world.job("queued")}/events`;
      expect((await open(path, world.creator, credential)).status).toBe(401);
    },
  );
});
