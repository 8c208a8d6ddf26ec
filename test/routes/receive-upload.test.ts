import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import { type ClientRequest, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { json, text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from "vitest";
import { toHttpError } from "../../server/routes/error-map.ts";
import { receiveUpload } from "../../server/routes/receive-upload.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import { createUploadMeter } from "../../server/storage/upload-meter.ts";
import type { UploadRow } from "../../server/storage/uploads.ts";
import { filesIn, temporaryDir } from "../storage/temporary.ts";
import { backends, openTestBackend } from "../support/backends.ts";

let db: Awaited<ReturnType<typeof openTestBackend>>;
beforeAll(async () => {
  db = await openTestBackend(backends[0]!);
});
afterAll(() => db.close());
beforeEach(async () => void (await db.backend.db.deleteFrom("uploads").execute()));

/** Starts a server that receives uploads. @returns among others the outcome of each upload */
async function server(options: { limit?: number } = {}) {
  const dir = await temporaryDir();
  const storage = createDiskStorage(dir);
  const target = { backend: db.backend, storage, maxBytes: options.limit ?? 1_000_000 };
  const noLimits = {
    maxParallelUploads: Number.POSITIVE_INFINITY,
    maxStoredBytes: Number.POSITIVE_INFINITY,
  };
  const meter = createUploadMeter(db.backend, noLimits);
  const outcomes: string[] = [];
  const app = new Hono();
  app.post("/uploads", async (c) => {
    const person = { accountId: "account-1", userId: "user-1" };
    const row = await receiveUpload(c, { target, meter, ...person });
    outcomes.push("saved");
    return c.json(row, 201);
  });
  app.onError((error, c) => {
    outcomes.push(`${error.name}: ${error.message}`);
    return c.text(error.message, toHttpError(error).status);
  });
  const listening = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  if (!listening.listening) await once(listening, "listening");
  onTestFinished(() => void listening.close());
  const { port } = listening.address() as { port: number };
  const url = `http://127.0.0.1:${port}/uploads`;
  const nothingLeft = async () => {
    expect(await filesIn(dir)).toEqual([]);
    expect(await db.backend.db.selectFrom("uploads").selectAll().execute()).toEqual([]);
  };
  return { app, dir, storage, url, port, outcomes, nothingLeft };
}

function formOf(...parts: [string, string | File][]): FormData {
  const form = new FormData();
  for (const [name, value] of parts) form.append(name, value);
  return form;
}

const csv = (content = "a,b\n1,2\n", name = "list.csv") =>
  new File([content], name, { type: "text/csv" });

describe("a multipart form", () => {
  test("is stored under the name of its file", async () => {
    const { url, storage } = await server();
    const body = formOf(["type", "contact_import"], ["file", csv("a,b\n", "Größe 1.csv")]);
    const answer = await fetch(url, { method: "POST", body });
    expect(answer.status).toBe(201);
    const row = (await answer.json()) as UploadRow;
    expect(row).toMatchObject({ name: "Größe 1.csv", media_type: "text/csv", size: 4 });
    expect(row).toMatchObject({ account_id: "account-1", user_id: "user-1" });
    expect(await text(storage.read(row.storage_key))).toBe("a,b\n");
  });

  test.each<[string, FormData]>([
    ["Choose a file first", formOf(["type", "contact_import"])],
    ["Choose a file first", formOf(["file", new File([], "")])],
    ["The file is empty", formOf(["file", csv("")])],
    ["Upload one file at a time", formOf(["file", csv()], ["file", csv()])],
    ['The field "note" is too long', formOf(["note", "x".repeat(20_000)], ["file", csv()])],
    ['The field "note" is too long', formOf(["file", csv()], ["note", "x".repeat(20_000)])],
    [
      "The form has too many fields",
      formOf(
        ["file", csv()],
        ...Array.from({ length: 30 }, (_, at): [string, string] => [`f${at}`, ""]),
      ),
    ],
  ])("is rejected: %s", async (message, body) => {
    const { url, nothingLeft } = await server();
    const answer = await fetch(url, { method: "POST", body });
    expect([answer.status, await answer.text()]).toEqual([400, message]);
    await nothingLeft();
  });

  const head = '--b\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n';
  test.each([
    ["without a boundary", "multipart/form-data", `${head}a,b\r\n--b--\r\n`],
    ["of another kind", "multipart/mixed; boundary=b", `${head}a,b\r\n--b--\r\n`],
    ["cut off in the file", "multipart/form-data; boundary=b", `${head}a,b\n1,2`],
    ["cut off behind the file", "multipart/form-data; boundary=b", `${head}a,b\r\n--b\r\n`],
    [
      "cut off in a header",
      "multipart/form-data; boundary=b",
      "--b\r\nContent-Disposition: form-da",
    ],
    [
      "with a broken header",
      "multipart/form-data; boundary=b",
      "--b\r\n\0: \r\n\r\nx\r\n--b--\r\n",
    ],
    ["with another boundary", "multipart/form-data; boundary=c", `${head}a,b\r\n--b--\r\n`],
    ["without anything", "multipart/form-data; boundary=b", ""],
  ])("is rejected %s", async (_what, type, body) => {
    const { url, nothingLeft } = await server();
    const answer = await fetch(url, { method: "POST", headers: { "content-type": type }, body });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(/^The upload is (incomplete|not a valid form)/);
    await nothingLeft();
  });
});

describe("a raw body", () => {
  const post = (url: string, headers: Record<string, string>, body = "a,b\n") =>
    fetch(url, { method: "POST", headers, body }).then((answer) => answer.json());

  test("takes its name from a header, the query, or a default", async () => {
    const { url } = await server();
    const type = { "content-type": "text/csv" };
    const named = { ...type, "content-disposition": "attachment; filename*=UTF-8''%E2%82%AC.csv" };
    expect(await post(`${url}?name=b.csv`, named)).toMatchObject({ name: "€.csv", size: 4 });
    expect(await post(`${url}?name=../b.csv`, type)).toMatchObject({ name: "b.csv" });
    expect(await post(url, type)).toMatchObject({ name: "upload.csv", media_type: "text/csv" });
  });

  test("is not taken for a form with the default content type of curl", async () => {
    const { url } = await server();
    const type = { "content-type": "application/x-www-form-urlencoded" };
    expect(await post(url, type)).toMatchObject({
      media_type: "application/octet-stream",
      size: 4,
    });
  });

  test("is received without a Node server too", async () => {
    const { app } = await server();
    const answer = await app.request("/uploads", { method: "POST", body: "a,b\n" });
    expect(await answer.json()).toMatchObject({ size: 4 });
    expect(await (await app.request("/uploads", { method: "POST" })).text()).toBe(
      "The file is empty",
    );
  });
});

describe("an upload that is too large", () => {
  test("is rejected unread by its Content-Length", async () => {
    const { url, nothingLeft } = await server({ limit: 1_000 });
    const body = "x".repeat(2_000_000);
    const answer = await fetch(url, { method: "POST", body });
    expect([answer.status, await answer.text()]).toEqual([413, "The file is larger than 0.001 MB"]);
    await nothingLeft();
  });

  test.each(["form", "raw"])("is rejected while it is read: %s", async (how) => {
    const { url, nothingLeft } = await server({ limit: 100_000 });
    const content = "x".repeat(200_000);
    const body = how === "form" ? formOf(["file", csv(content)]) : content;
    const answer = await fetch(url, { method: "POST", body });
    expect([answer.status, await answer.text()]).toEqual([413, "The file is larger than 0.1 MB"]);
    await nothingLeft();
  });
});

describe("an aborted upload", () => {
  const head = '--b\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n';
  test.each([
    ["form", "multipart/form-data; boundary=b", head],
    ["raw", "text/csv", ""],
  ])("leaves nothing behind: %s", async (_how, type, start) => {
    const { port, dir, outcomes, nothingLeft } = await server({ limit: 10_000_000 });
    const socket = connect(port, "127.0.0.1");
    socket.write(
      `POST /uploads HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 9000000\r\n\r\n${start}`,
    );
    socket.write("x".repeat(1_000_000));
    const partials = join(dir, ".partial");
    await vi.waitFor(async () => {
      const [partial] = await readdir(partials);
      expect((await stat(join(partials, partial!))).size).toBeGreaterThan(200_000);
    }, 10_000);
    socket.destroy();
    const brokeOff = ["UploadAborted: The upload was aborted"];
    await vi.waitFor(() => expect(outcomes).toEqual(brokeOff), 10_000);
    await nothingLeft();
  });
});

describe("a file of 200 MB", () => {
  const size = 200_000_000;
  const head = '--b\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n';
  const piece = Buffer.alloc(100_000, "x");
  function* body(start: string, end: string) {
    yield Buffer.from(start);
    for (let sent = 0; sent < size; sent += piece.length) yield piece;
    yield Buffer.from(end);
  }

  async function post(port: number, type: string, content: Iterable<Uint8Array>) {
    const headers = { "content-type": type };
    const sending: ClientRequest = request({ port, path: "/uploads", method: "POST", headers });
    const [[answer]] = await Promise.all([
      once(sending, "response"),
      pipeline(Readable.from(content), sending),
    ]);
    return json(answer);
  }

  test("is received without being held in memory", async () => {
    const dir = await temporaryDir();
    const program = join(import.meta.dirname, "../storage/programs/receive.ts");
    const child = spawn(process.execPath, [program, dir], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void child.kill());
    const [line] = await once(child.stdout, "data");
    const port = Number(line);
    const readPeak = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/memory`);
      return ((await answer.json()) as { most: number }).most;
    };
    const form = "multipart/form-data; boundary=b";
    await post(port, form, [Buffer.from(`${head}a\r\n--b--\r\n`)]);
    const before = await readPeak();
    expect(await post(port, form, body(head, "\r\n--b--\r\n"))).toMatchObject({ size });
    expect(await post(port, "text/csv", body("", ""))).toMatchObject({ size });
    expect((await readPeak()) - before).toBeLessThan(100_000_000);
  }, 120_000);
});
