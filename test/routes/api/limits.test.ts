/** The limits of an account and a person, on real connections. */
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Api, apiServer, type Member } from "../../support/api-server.ts";
import { backends } from "../../support/backends.ts";
import { insertJob } from "../../support/job-row.ts";

const limits = {
  maxStartsPerMinute: 4,
  maxQueuedJobs: 3,
  maxSchedules: 3,
  maxStoredBytes: 1_000,
  maxParallelUploads: 2,
  maxUnfinishedUploads: 2,
  maxStreams: 2,
};

describe.each(backends)("limits on $name", (which) => {
  let api: Api;
  let ada: Member;
  let sockets: Socket[];
  beforeEach(async () => {
    api = await apiServer(which, { limits });
    ada = await api.join("ada");
    sockets = [];
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await api.close();
  });

  /** Sends bytes on a connection that stays open. @returns the answer so far */
  function send(text: string): { socket: Socket; answer: () => string } {
    const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
    let answer = "";
    socket.setEncoding("utf8").on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", () => {});
    socket.write(text);
    sockets.push(socket);
    return { socket, answer: () => answer };
  }

  const request = (line: string, ...headers: string[]) =>
    [
      `${line} HTTP/1.1`,
      "Host: localhost",
      `Authorization: Bearer ${ada.token}`,
      ...headers,
      "\r\n",
    ].join("\r\n");

  async function expectRefused(answer: Response, detail: string): Promise<void> {
    expect(answer.status).toBe(429);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    const problem = { status: 429, title: "Too Many Requests", detail: expect.any(String) };
    expect(await answer.json()).toMatchObject({
      ...problem,
      detail: expect.stringMatching(detail),
    });
  }

  const upload = (size: number) => ada.send("/uploads", { method: "POST", body: "x".repeat(size) });
  const create = (size: number) => {
    const headers = { "tus-resumable": "1.0.0", "upload-length": String(size) };
    return ada.send("/uploads/resumable", { method: "POST", headers });
  };

  /** The request that writes each unfinished upload, or null. */
  async function writers() {
    const rows = await api.backend.db.selectFrom("partial_uploads").select("writer").execute();
    return rows.map(({ writer }) => writer);
  }

  test("a start beyond the limit of a minute or of the queue is answered with 429", async () => {
    for (let n = 0; n < 3; n++) {
      expect((await ada.post("/jobs/start", { type: "counting" })).status).toBe(202);
    }
    await expectRefused(
      await ada.post("/jobs/start", { type: "counting" }),
      "can have 3 queued jobs. Wait until some have started",
    );
    await api.runNext();
    expect((await ada.post("/jobs/start", { type: "counting" })).status).toBe(202);
    await api.runNext();
    const refused = await ada.post("/jobs/start", { type: "counting" });
    await expectRefused(refused, "can start 4 jobs a minute. Try again in (\\d+ s|1 min)\\.");
    const eve = await api.join("eve");
    expect((await eve.post("/jobs/start", { type: "counting" })).status).toBe(202);
  });

  test("a retry counts as a start", async () => {
    const id = await ada.start("counting");
    await api.runNext();
    for (let n = 0; n < 3; n++) await ada.start("counting");
    await expectRefused(await ada.post(`/jobs/${id}/retry`), "can (have|start)");
  });

  test("an upload that exceeds the storage of the account is refused and not stored", async () => {
    expect((await upload(600)).status).toBe(201);
    await expectRefused(await upload(401), "can store 1.0 kB, and this file doesn't fit");
    expect((await upload(400)).status).toBe(201);
    await expectRefused(await upload(1), "can store 1.0 kB");
    await expectRefused(await create(1), "can store 1.0 kB");
    const rows = await api.backend.db.selectFrom("uploads").select("size").execute();
    expect(rows.map(({ size }) => size).sort()).toEqual([400, 600]);
  });

  test("the bytes of results count, and those of deleted files and other accounts do not", async () => {
    const { db } = api.backend;
    const job = await insertJob(api.backend, { account_id: ada.accountId, user_id: ada.userId });
    const file = {
      ...{ job_id: job.id, account_id: ada.accountId, role: "result" as const },
      ...{ name: "a.csv", media_type: "text/csv", storage_key: "a", created_at: 0 },
    };
    const sizes = [
      { id: "a", size: 900, expires_at: null },
      { id: "b", size: 900, expires_at: 1, deleted_at: 1 },
    ];
    await db
      .insertInto("files")
      .values(sizes.map((each) => ({ ...file, ...each })))
      .execute();
    await expectRefused(await upload(101), "can store 1.0 kB");
    const eve = await api.join("eve");
    expect((await eve.send("/uploads", { method: "POST", body: "x".repeat(101) })).status).toBe(
      201,
    );
    expect((await upload(100)).status).toBe(201);
  });

  test("bytes that arrive without an announced length are counted as they come", async () => {
    const head = request("POST /api/uploads", "Transfer-Encoding: chunked");
    const { socket, answer } = send(head);
    // 0x190 is 400.
    const chunk = `190\r\n${"x".repeat(400)}\r\n`;
    socket.write(chunk + chunk + chunk);
    await expect.poll(answer).toContain("HTTP/1.1 429");
    expect(await api.backend.db.selectFrom("uploads").select("id").execute()).toEqual([]);
    expect((await upload(1_000)).status).toBe(201);
  });

  test("concurrent uploads share what is left of the storage", async () => {
    const head = request("POST /api/uploads", "Content-Length: 700");
    const first = send(head);
    first.socket.write("x".repeat(600));
    const second = send(head);
    second.socket.write("x".repeat(600));
    await expect.poll(() => first.answer() + second.answer()).toContain("HTTP/1.1 429");
    const [left] = [first, second].filter(({ answer }) => answer() === "");
    left!.socket.write("x".repeat(100));
    await expect.poll(left!.answer).toContain("HTTP/1.1 201");
  });

  test("a third parallel upload is refused until one of the others ends", async () => {
    const head = request("POST /api/uploads", "Content-Length: 2");
    const waiting = [send(`${head}x`), send(`${head}x`)];
    await expect
      .poll(async () => {
        // An upload of this loop may have come before one of the two.
        const refused = waiting.findIndex(({ answer }) => answer() !== "");
        if (refused === -1) return (await upload(1)).status;
        waiting[refused] = send(`${head}x`);
        return "sent again";
      })
      .toBe(429);
    await expectRefused(await upload(1), "can send 2 files at once");
    waiting[0]!.socket.destroy();
    await expect.poll(async () => (await upload(1)).status).toBe(201);
    waiting[1]!.socket.write("x");
    await expect.poll(waiting[1]!.answer).toContain("HTTP/1.1 201");
  });

  test("parts of resumable uploads count as parallel uploads", async () => {
    const created = await create(4);
    const path = new URL(created.headers.get("location")!, api.url).pathname;
    const headers = ["Tus-Resumable: 1.0.0", "Content-Type: application/offset+octet-stream"];
    const patch = request(`PATCH ${path}`, ...headers, "Upload-Offset: 0", "Content-Length: 4");
    const first = send(`${patch}x`);
    await expect.poll(writers).toEqual([expect.any(String)]);
    const post = `${request("POST /api/uploads", "Content-Length: 2")}x`;
    let second = send(post);
    await expect
      .poll(async () => {
        if (second.answer() === "") return (await upload(1)).status;
        second = send(post);
        return "sent again";
      })
      .toBe(429);
    expect(first.answer()).toBe("");
  });

  test("a third unfinished upload is refused until one is deleted", async () => {
    const first = await create(10);
    expect((await create(10)).status).toBe(201);
    await expectRefused(await create(10), "can have 2 unfinished uploads");
    const path = new URL(first.headers.get("location")!, api.url).pathname.replace("/api", "");
    const version = { "tus-resumable": "1.0.0" };
    expect((await ada.send(path, { method: "DELETE", headers: version })).status).toBe(204);
    expect((await create(10)).status).toBe(201);
  });

  test("of ten unfinished uploads that are created at once two are accepted", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(10)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
    expect(await api.backend.db.selectFrom("partial_uploads").select("id").execute()).toHaveLength(
      2,
    );
  });

  test("a third event stream is refused until one of the others is closed", async () => {
    const id = await ada.start("counting");
    const stream = request(`GET /api/jobs/${id}/events`, "Accept: text/event-stream");
    const open = [send(stream), send(stream)];
    for (const { answer } of open) await expect.poll(answer).toContain("HTTP/1.1 200");
    const third = send(stream);
    await expect.poll(third.answer).toMatch(/HTTP\/1.1 429[\s\S]*retry-after: 15/i);
    expect(third.answer()).toContain("application/problem+json");
    const page = ({ cookie }: Member) =>
      request(
        "GET /live?topics=jobs:mine",
        "Accept: text/event-stream",
        `Cookie: ${cookie}`,
      ).replace(/Authorization: .*\r\n/, "");
    const onPage = send(page(ada));
    await expect.poll(onPage.answer).toContain("HTTP/1.1 429");
    const others = send(page(await api.join("eve")));
    await expect.poll(others.answer).toContain("HTTP/1.1 200");
    open[0]!.socket.destroy();
    await expect
      .poll(async () => {
        const again = send(stream);
        await expect.poll(again.answer).toContain("HTTP/1.1");
        return again.answer();
      })
      .toContain("HTTP/1.1 200");
  });

  test("a person can poll while no further stream is allowed", async () => {
    const id = await ada.start("counting");
    const stream = request(`GET /api/jobs/${id}/events`, "Accept: text/event-stream");
    for (const { answer } of [send(stream), send(stream)]) {
      await expect.poll(answer).toContain("HTTP/1.1 200");
    }
    const headers = { cookie: ada.cookie };
    expect((await fetch(`${api.url}/live?topics=jobs:mine`, { headers })).status).toBe(200);
  });
});
