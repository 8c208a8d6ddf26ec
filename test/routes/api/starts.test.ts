import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pause, resume } from "../../../server/engine/pause.ts";
import { type Api, apiServer, type Member } from "../../support/api-server.ts";
import { backends } from "../../support/backends.ts";

const nextYear = new Date().getUTCFullYear() + 1;

const wrongTimes = [
  "tomorrow",
  "2026-12-24T02:00:00",
  "2026-12-24 02:00Z",
  "2026-12-24T02:00:00+01",
  "2026-12-24T02:00:00Z[Europe/Berlin]",
  "20261224T020000Z",
  "2026-12-24T24:00:00Z",
  "2026-12-24T02:00:60Z",
  1798077600,
  "0001-01-01T00:00:00Z",
  "2020-12-24T02:00:00Z",
  "9999-12-24T02:00:00Z",
];

describe.each(backends)("$name", (which) => {
  let api: Api;
  let ada: Member;
  let grace: Member;
  beforeAll(async () => {
    api = await apiServer(which);
    ada = await api.join("ada");
    grace = await api.join("grace");
  });
  afterAll(() => api.close());

  const count = { type: "counting", metadata: {} };

  async function jobsOf({ userId }: Member): Promise<number> {
    const rows = await api.backend.db
      .selectFrom("jobs")
      .select("id")
      .where("user_id", "=", userId)
      .execute();
    return rows.length;
  }

  test("a start is accepted and returns the location of the job", async () => {
    const answer = await ada.post("/jobs/start", count);
    expect(answer.status).toBe(202);
    const body = (await answer.json()) as { job_id: string };
    expect(body).toEqual({
      job_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: "queued",
      estimated_duration_seconds: 40,
    });
    expect(answer.headers.get("location")).toBe(`/api/jobs/${body.job_id}`);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await api.job(body.job_id)).toMatchObject({
      kind: "counting",
      user_id: ada.userId,
      account_id: ada.accountId,
    });
  });

  test("a kind without required input can be started without metadata", async () => {
    expect((await ada.post("/jobs/start", { type: "failing" })).status).toBe(202);
  });

  test("a job waits until run_at, in any time zone", async () => {
    const run_at = `${nextYear}-01-01T02:00:00+02:00`;
    const answer = await ada.post("/jobs/start", { ...count, run_at });
    const { job_id } = (await answer.json()) as { job_id: string };
    expect((await api.job(job_id)).run_at).toBe(Date.parse(`${nextYear}-01-01T00:00:00Z`));
    expect(answer.headers.get("retry-after")).toBe("30");
  });

  test("fifty starts with one key create one job and get equal answers", async () => {
    const before = await jobsOf(ada);
    const headers = { "idempotency-key": "fifty" };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => ada.post("/jobs/start", count, headers)),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(50).fill(202));
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(bodies).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.headers.get("location"))).size).toBe(1);
    expect(await jobsOf(ada)).toBe(before + 1);
  });

  test("a repeated key gets the same answer after the job has progressed", async () => {
    const headers = { "idempotency-key": "later" };
    const first = (await (await ada.post("/jobs/start", count, headers)).json()) as {
      job_id: string;
    };
    expect((await ada.post(`/jobs/${first.job_id}/cancel`)).status).toBe(200);
    const again = await ada.post("/jobs/start", count, headers);
    expect(again.status).toBe(202);
    expect(await again.json()).toEqual(first);
  });

  test("a repeated key with other input is rejected with the id of its job", async () => {
    const headers = { "idempotency-key": "other" };
    const first = (await (await ada.post("/jobs/start", count, headers)).json()) as {
      job_id: string;
    };
    const answer = await ada.post("/jobs/start", { type: "failing" }, headers);
    expect(answer.status).toBe(409);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(await answer.json()).toMatchObject({
      type: "about:blank",
      title: "Conflict",
      status: 409,
      detail: expect.stringContaining(first.job_id),
      job_id: first.job_id,
    });
  });

  test("a repeated key with another time is rejected, but not with the same time in another zone", async () => {
    const key = { "idempotency-key": "tonight" };
    const at = (run_at?: string) => ada.post("/jobs/start", { ...count, run_at }, key);
    const first = (await (await at(`${nextYear}-01-01T02:00:00+02:00`)).json()) as {
      job_id: string;
    };
    const { backend } = api;
    await pause({ backend }, first.job_id, ada.userId);
    await resume({ backend }, first.job_id, ada.userId);
    const same = await at(`${nextYear}-01-01T00:00:00Z`);
    expect([same.status, await same.json()]).toEqual([202, first]);
    for (const other of [`${nextYear}-01-01T00:00:01Z`, undefined]) {
      const answer = await at(other);
      expect([answer.status, await answer.json()]).toMatchObject([409, { job_id: first.job_id }]);
    }
    const soon = { "idempotency-key": "at once" };
    expect((await ada.post("/jobs/start", count, soon)).status).toBe(202);
    const later = { ...count, run_at: `${nextYear}-01-01T00:00:00Z` };
    expect((await ada.post("/jobs/start", later, soon)).status).toBe(409);
  });

  test("a repeated start returns its job although its time has passed", async () => {
    const headers = { "idempotency-key": "it was due" };
    const body = { ...count, run_at: new Date(Date.now() + 60_000).toISOString() };
    const first = (await (await ada.post("/jobs/start", body, headers)).json()) as {
      job_id: string;
    };
    const passed = new Date(Date.now() - 3_600_000).toISOString();
    const { db } = api.backend;
    const details = JSON.stringify({ run_at: passed });
    await db
      .updateTable("job_events")
      .set({ details })
      .where("job_id", "=", first.job_id)
      .where("seq", "=", 1)
      .execute();
    const again = await ada.post("/jobs/start", { ...count, run_at: passed }, headers);
    expect([again.status, await again.json()]).toEqual([202, first]);
  });

  test("a time that has just passed is taken for now", async () => {
    const run_at = new Date(Date.now() - 10_000).toISOString();
    expect((await ada.post("/jobs/start", { ...count, run_at })).status).toBe(202);
  });

  test("unless_running rejects a start while the same job is active", async () => {
    const body = { type: "stepping", metadata: { pause: 7 } };
    const only = { ...body, unless_running: true };
    const start = async (given: object, headers = {}) => {
      const answer = await ada.post("/jobs/start", given, headers);
      const { job_id } = (await answer.json()) as { job_id: string };
      return { status: answer.status, job_id };
    };
    const first = await start(only, { "idempotency-key": "alone" });
    expect(first.status).toBe(202);
    expect(await start(only)).toMatchObject({ status: 409, job_id: first.job_id });
    const repeated = await start(only, { "idempotency-key": "alone" });
    expect(repeated).toMatchObject({ status: 202, job_id: first.job_id });
    const another = await start(body);
    expect(another.status).toBe(202);
    for (const { job_id } of [first, another]) await ada.post(`/jobs/${job_id}/cancel`);
    expect((await start(only)).status).toBe(202);
    expect((await grace.post("/jobs/start", only)).status).toBe(202);
  });

  test("two people can use the same key", async () => {
    const headers = { "idempotency-key": "ours" };
    const [mine, hers] = await Promise.all(
      [ada, grace].map(async (member) => (await member.post("/jobs/start", count, headers)).json()),
    );
    expect(mine).not.toEqual(hers);
  });

  test.each<[string, object, Record<string, string>]>([
    ["an unknown kind", { type: "nonsense" }, { type: "unknown kind of job" }],
    ["no kind", {}, { type: "expected string" }],
    [
      "invalid input",
      { type: "secretive", metadata: { user: "x" } },
      { "metadata.user": "At least two letters", "metadata.password": "" },
    ],
    [
      "an unknown upload",
      { type: "reading", metadata: { upload_id: "0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e9f" } },
      { "metadata.upload_id": "Upload it again" },
    ],
    [
      "an upload id that no database can store",
      { type: "reading", metadata: { upload_id: "0198\u0000c5d2" } },
      { "metadata.upload_id": "can't be stored" },
    ],
    [
      "an upload id that is half a character",
      { type: "reading", metadata: { upload_id: "\ud83d" } },
      { "metadata.upload_id": "can't be stored" },
    ],
    [
      "texts and a key that no database can store",
      { type: "counting", metadata: { "a\u0000": 1, label: { parts: ["fine", "\udc00x"] } } },
      { "metadata.a\u{FFFD}": "can't be stored", "metadata.label.parts.1": "can't be stored" },
    ],
    ...wrongTimes.map((run_at): [string, object, Record<string, string>] => [
      `the time ${JSON.stringify(run_at)}`,
      { ...count, run_at },
      { run_at: "such as 2026-12-24t02:00:00z or 2026-12-24t03:00:00+01:00" },
    ]),
    [
      "a misspelt property",
      { ...count, runAt: `${nextYear}-01-01T00:00:00Z` },
      { runAt: "unknown" },
    ],
    ["an option of a retry", { ...count, only: "failed" }, { only: "unknown field" }],
    [
      "an option that the kind does not have",
      { type: "counting", metadata: { frm: 3, delimiter: ";" } },
      { "metadata.frm": "unknown field", "metadata.delimiter": "unknown field" },
    ],
  ])("a start with %s is rejected with an error per field", async (_, body, fields) => {
    const before = await jobsOf(ada);
    const answer = await ada.post("/jobs/start", body);
    expect(answer.status).toBe(422);
    const { errors } = (await answer.json()) as { errors: Record<string, string> };
    expect(Object.keys(errors).sort()).toEqual(Object.keys(fields).sort());
    for (const [field, text] of Object.entries(fields)) {
      expect(errors[field]?.toLowerCase()).toContain(text.toLowerCase());
    }
    expect(await jobsOf(ada)).toBe(before);
  });

  test("a start with another person's upload is rejected", async () => {
    const uploaded = await grace.send("/uploads?name=a.csv", { method: "POST", body: "a,b\n" });
    const { upload_id } = (await uploaded.json()) as { upload_id: string };
    const body = { type: "reading", metadata: { upload_id } };
    expect((await ada.post("/jobs/start", body)).status).toBe(422);
    expect((await grace.post("/jobs/start", body)).status).toBe(202);
  });

  test.each<[number, string, RequestInit]>([
    [400, "malformed JSON", { body: '{"type":', headers: { "content-type": "application/json" } }],
    [
      415,
      "a form",
      {
        body: "type=counting",
        headers: { "content-type": "application/x-www-form-urlencoded" },
      },
    ],
    [
      413,
      "a body that is too large",
      { body: `"${"x".repeat(1_000_001)}"`, headers: { "content-type": "application/json" } },
    ],
    [422, "no body", {}],
    [
      422,
      "a key that is too long",
      {
        body: JSON.stringify(count),
        headers: { "content-type": "application/json", "idempotency-key": "x".repeat(256) },
      },
    ],
  ])("the API answers %i to %s", async (status, _, init) => {
    const answer = await ada.send("/jobs/start", { method: "POST", ...init });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(await answer.json()).toMatchObject({ status });
  });
});
