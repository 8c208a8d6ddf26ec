import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import * as tus from "tus-js-client";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { deleteExpiredPartialUploads } from "../../../server/maintenance/expired-files.ts";
import { type Api, apiServer, type Member } from "../../support/api-server.ts";
import { backends } from "../../support/backends.ts";

const file = randomBytes(1_000_000);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe.each(backends)("resumable uploads on $name", (which) => {
  let api: Api;
  let ada: Member;
  let eve: Member;
  beforeAll(async () => {
    api = await apiServer(which);
    ada = await api.join("ada");
    eve = await api.join("eve");
  });
  afterAll(() => api.close());

  const rowOf = (id: string) =>
    api.backend.db.selectFrom("uploads").selectAll().where("id", "=", id).executeTakeFirst();
  const partials = () => api.backend.db.selectFrom("partial_uploads").selectAll().execute();
  const bytesOf = (id: string) => buffer(api.storage.read(`uploads/${id}`));

  /** Sends a request of the protocol to a path below the endpoint. */
  function send(
    method: string,
    path = "",
    headers: Record<string, string> = {},
    body?: Uint8Array | string,
    member = ada,
  ): Promise<Response> {
    const all = { "tus-resumable": "1.0.0", ...headers };
    return member.send(`/uploads/resumable${path}`, { method, headers: all, body: body as never });
  }

  async function create(size = file.length): Promise<string> {
    const metadata = `filename ${Buffer.from("Größe.csv").toString("base64")},filetype dGV4dC9jc3Y=`;
    const headers = { "upload-length": String(size), "upload-metadata": metadata };
    const answer = await send("POST", "", headers);
    expect(answer.status).toBe(201);
    return answer.headers.get("location")!.split("/").at(-1)!;
  }

  const patch = (id: string, offset: number, body: Uint8Array, more = {}, member = ada) => {
    const type = { "content-type": "application/offset+octet-stream" };
    const headers = { ...type, "upload-offset": String(offset), ...more };
    return send("PATCH", `/${id}`, headers, body, member);
  };

  async function offsetOf(id: string): Promise<number> {
    const answer = await send("HEAD", `/${id}`);
    expect(answer.status).toBe(200);
    return Number(answer.headers.get("upload-offset"));
  }

  /** Uploads with the real client. @returns the address of the upload, or the error */
  function upload(options: tus.UploadOptions, url = api.url): Promise<string> {
    return new Promise((resolve, reject) => {
      const started = new tus.Upload(file, {
        endpoint: `${url}/api/uploads/resumable`,
        headers: { authorization: `Bearer ${ada.token}` },
        metadata: { filename: "people.csv", filetype: "text/csv" },
        retryDelays: [100, 200, 400],
        ...options,
        onError: reject,
        onSuccess: () => resolve(started.url!),
      });
      started.start();
    });
  }

  describe("with tus-js-client", () => {
    test.each([
      ["one request", {}],
      ["many requests", { chunkSize: 150_000 }],
      ["its first request", { uploadDataDuringCreation: true }],
    ])("a file that arrives in %s is stored as an ordinary upload is", async (_, options) => {
      const id = (await upload(options)).split("/").at(-1)!;
      const headers = { "content-type": "text/csv" };
      const init = { method: "POST", headers, body: file };
      const plain = await ada.send("/uploads?name=people.csv", init);
      const { upload_id } = (await plain.json()) as { upload_id: string };
      const expected = await rowOf(upload_id);
      const varying = { id, storage_key: `uploads/${id}`, created_at: expect.any(Number) };
      expect(await rowOf(id)).toEqual({ ...expected, ...varying });
      expect(expected?.sha256).toBe(sha256(file));
      expect((await bytesOf(id)).equals(file)).toBe(true);
      expect(await partials()).toEqual([]);
    });

    test("a connection that breaks twice costs no byte that had arrived", async () => {
      const proxy = await cuttingProxy(Number(new URL(api.url).port), [300_000, 300_000]);
      const id = (await upload({}, proxy.url)).split("/").at(-1)!;
      expect(proxy.cuts()).toBe(2);
      expect((await bytesOf(id)).equals(file)).toBe(true);
      expect((await rowOf(id))!.sha256).toBe(sha256(file));
      // Heads of requests, and what the cut connections had not delivered.
      expect(proxy.received()).toBeLessThan(file.length + 250_000);
    });

    test("an upload is continued by its address and can be given up", async () => {
      const first = await create();
      await patch(first, 0, file.subarray(0, 400_000));
      const sent: number[] = [];
      const uploadUrl = `${api.url}/api/uploads/resumable/${first}`;
      await upload({ uploadUrl, onProgress: (bytes) => sent.push(bytes) });
      expect(sent[0]).toBeGreaterThanOrEqual(400_000);
      expect((await rowOf(first))!.sha256).toBe(sha256(file));
      const second = await create();
      const headers = { authorization: `Bearer ${ada.token}` };
      await tus.Upload.terminate(`${api.url}/api/uploads/resumable/${second}`, { headers });
      expect((await send("HEAD", `/${second}`)).status).toBe(404);
    });
  });

  test("the server describes what it supports", async () => {
    const answer = await send("OPTIONS", "", { "tus-resumable": "9" });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "tus-resumable": "1.0.0",
      "tus-version": "1.0.0",
      "tus-extension": "creation,creation-with-upload,termination,expiration",
      "tus-max-size": "1000000",
    });
  });

  test("an upload tells its offset, size, name and expiry until it is complete", async () => {
    const id = await create();
    expect((await patch(id, 0, file.subarray(0, 10))).headers.get("upload-offset")).toBe("10");
    const answer = await send("GET", `/${id}`);
    const { headers } = answer;
    expect(headers.get("upload-length")).toBe("1000000");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("upload-metadata")).toContain(Buffer.from("Größe.csv").toString("base64"));
    const inHours = (Date.parse(headers.get("upload-expires")!) - api.backend.now()) / 3_600_000;
    expect(inHours).toBeCloseTo(24, 1);
    expect(await answer.json()).toEqual({
      upload_id: id,
      name: "Größe.csv",
      size: 1_000_000,
      offset: 10,
      expires_at: expect.stringMatching(/Z$/),
    });
    expect((await patch(id, 10, file.subarray(10))).status).toBe(204);
    expect(await offsetOf(id)).toBe(1_000_000);
    expect(await (await send("GET", `/${id}`)).json()).toMatchObject({ expires_at: null });
    // A client whose last answer was lost sends nothing more.
    expect((await patch(id, 1_000_000, new Uint8Array())).status).toBe(204);
    expect((await send("DELETE", `/${id}`)).status).toBe(409);
    expect((await rowOf(id))!.sha256).toBe(sha256(file));
  });

  describe("a request that is wrong", () => {
    test.each<[number, Record<string, string>, string]>([
      [400, {}, "Upload-Length"],
      [400, { "upload-length": "-1" }, "Upload-Length"],
      [400, { "upload-length": "0" }, "The file is empty"],
      [413, { "upload-length": "1000001" }, "The file is larger than 1 MB"],
      [400, { "upload-length": "5", "upload-metadata": "filename ä" }, "Base64"],
      [412, { "upload-length": "5", "tus-resumable": "0.2.2" }, "Tus-Resumable: 1.0.0"],
    ])("begins no upload, but is answered with %i: %j", async (status, headers, detail) => {
      const answer = await send("POST", "", headers);
      expect(answer.status).toBe(status);
      expect(answer.headers.get("tus-resumable")).toBe("1.0.0");
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
      expect(await answer.json()).toMatchObject({ detail: expect.stringContaining(detail) });
    });

    test("changes no byte of the upload", async () => {
      const id = await create(1_000);
      await patch(id, 0, file.subarray(0, 600));
      const rest = file.subarray(600, 1_000);
      const wrong: [number, () => Promise<Response>][] = [
        [409, () => patch(id, 0, rest)],
        [409, () => patch(id, 601, rest)],
        [400, () => patch(id, 600, file.subarray(600, 1_001))],
        [400, () => patch(id, 600, rest, { "upload-offset": "six" })],
        [415, () => patch(id, 600, rest, { "content-type": "text/csv" })],
        [412, () => patch(id, 600, rest, { "tus-resumable": "2.0.0" })],
        [404, () => patch(id, 600, rest, {}, eve)],
        [404, () => send("HEAD", `/${id}`, {}, undefined, eve)],
        [404, () => send("DELETE", `/${id}`, {}, undefined, eve)],
        [404, () => patch("0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e9f", 0, rest)],
        [400, () => send("POST", `/${id}`, { "x-http-method-override": "PUT" })],
      ];
      // One after another: of two requests at once, the newer one ends the older.
      for (const [status, ask] of wrong) expect((await ask()).status).toBe(status);
      expect(await offsetOf(id)).toBe(600);
      expect((await patch(id, 600, rest)).status).toBe(204);
      expect((await rowOf(id))!.sha256).toBe(sha256(file.subarray(0, 1_000)));
    });

    test("needs a token, or a session and a page of ours", async () => {
      const id = await create();
      const request = (headers: Record<string, string>) =>
        fetch(`${api.url}/api/uploads/resumable/${id}`, {
          method: "HEAD",
          headers: { "tus-resumable": "1.0.0", ...headers },
        }).then(({ status }) => status);
      expect(await request({})).toBe(401);
      expect(await request({ cookie: ada.cookie })).toBe(401);
      expect(await request({ cookie: ada.cookie, origin: "https://evil.example" })).toBe(401);
      expect(await request({ cookie: ada.cookie, origin: api.url })).toBe(200);
    });
  });

  test("a job that would read an unfinished upload is refused with what is missing", async () => {
    const id = await create();
    await patch(id, 0, file.subarray(0, 1_000));
    const start = async (member: Member) => {
      const metadata = { upload_id: id };
      const answer = await member.post("/jobs/start", { type: "reading", metadata });
      return {
        status: answer.status,
        detail: ((await answer.json()) as { detail: string }).detail,
      };
    };
    expect(await start(ada)).toEqual({
      status: 422,
      detail: "This upload is not complete. Send the rest of the file first.",
    });
    expect(await start(eve)).toEqual({
      status: 422,
      detail: "This file was deleted. Upload it again.",
    });
    await send("DELETE", `/${id}`);
  });

  test("POST stands in for PATCH and DELETE where only POST is possible", async () => {
    const id = await create(10);
    const type = { "content-type": "application/offset+octet-stream", "upload-offset": "0" };
    const headers = { ...type, "x-http-method-override": "PATCH" };
    expect((await send("POST", `/${id}`, headers, "01234")).status).toBe(204);
    expect(await offsetOf(id)).toBe(5);
    const remove = { "x-http-method-override": "DELETE" };
    expect((await send("POST", `/${id}`, remove)).status).toBe(204);
    expect((await send("HEAD", `/${id}`)).status).toBe(404);
  });

  test("a request takes over from one whose connection went dead", async () => {
    const id = await create();
    const dead = await halfSent(id, file.subarray(0, 500_000));
    const offset = await offsetOf(id);
    expect(offset).toBe(500_000);
    expect(String((await once(dead, "data"))[0])).toMatch(/^HTTP\/1.1 409/);
    const other = await halfSent(id, file.subarray(500_000, 700_000), 500_000);
    const answers = await Promise.all([offsetOf(id), offsetOf(id)]);
    expect(answers).toEqual([700_000, 700_000]);
    other.destroy();
    expect((await patch(id, 700_000, file.subarray(700_000))).status).toBe(204);
    expect((await bytesOf(id)).equals(file)).toBe(true);
    expect((await rowOf(id))!.sha256).toBe(sha256(file));
  });

  /** Sends the start of a body and then nothing more. */
  async function halfSent(id: string, bytes: Uint8Array, offset = 0): Promise<Socket> {
    const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    const head = [
      `PATCH /api/uploads/resumable/${id} HTTP/1.1`,
      "Host: localhost",
      `Authorization: Bearer ${ada.token}`,
      "Tus-Resumable: 1.0.0",
      `Upload-Offset: ${offset}`,
      "Content-Type: application/offset+octet-stream",
      `Content-Length: ${file.length - offset}`,
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    socket.write(bytes);
    // Until the server has read them.
    await sleep(300);
    return socket;
  }

  test("an upload that is not continued in time is refused, and then deleted with its bytes", async () => {
    const [id, young] = [await create(), await create()];
    await patch(id, 0, file.subarray(0, 100));
    const { db } = api.backend;
    const past = { expires_at: api.backend.now() - 1 };
    await db.updateTable("partial_uploads").set(past).where("id", "=", id).execute();
    expect((await send("HEAD", `/${id}`)).status).toBe(410);
    const refused = await patch(id, 100, file.subarray(100));
    expect(refused.status).toBe(410);
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining("expired") });
    const row = (await partials()).find((each) => each.id === id)!;
    const stored = () => api.storage.partialFiles.size(row.storage_key, row.storage_handle);
    expect(await stored()).toBe(100);
    await deleteExpiredPartialUploads(api, new AbortController().signal);
    expect(await stored()).toBeUndefined();
    expect((await send("HEAD", `/${id}`)).status).toBe(404);
    expect(await offsetOf(young)).toBe(0);
  });
});

/** A proxy that cuts its first connections with a PATCH after so many bytes each. */
async function cuttingProxy(port: number, cutAfter: number[]) {
  let received = 0;
  let cuts = 0;
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    let passed = 0;
    near.on("data", (bytes: Buffer) => {
      received += bytes.length;
      passed += bytes.length;
      far.write(bytes);
      if (passed < (cutAfter[cuts] ?? Number.POSITIVE_INFINITY)) return;
      cuts++;
      near.destroy();
      far.end();
    });
    far.on("data", (bytes) => near.write(bytes));
    for (const socket of [near, far]) socket.on("error", () => {});
    near.on("close", () => far.end());
    far.on("close", () => near.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port: own } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${own}`, received: () => received, cuts: () => cuts };
}
