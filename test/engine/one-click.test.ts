import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Backend } from "../../server/backend/backend.ts";
import { listAudit, recordDownloads } from "../../server/engine/audit.ts";
import { cancel } from "../../server/engine/cancel.ts";
import { pause, resume } from "../../server/engine/pause.ts";
import {
  AlreadyActive,
  InvalidInput,
  type StartRequest,
} from "../../server/engine/start/request.ts";
import { retry } from "../../server/engine/start/retry.ts";
import { start } from "../../server/engine/start/start.ts";
import { startNow } from "../../server/engine/start/start-now.ts";
import { defineJob, type Kind, upload } from "../../server/job.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import { saveUpload } from "../../server/storage/uploads.ts";
import { addAccount, backends, openTestBackend } from "../support/backends.ts";
import { eventTypes, readJob } from "../support/job-row.ts";

const reading = defineJob({
  title: "Read",
  description: "Reads a file.",
  input: z.object({ upload_id: upload("text/csv"), loud: z.boolean().default(false) }),
  steps: { Reading: 1 },
  run: async () => ({ message: "Read" }),
});
const sending = defineJob({
  title: "Send",
  description: "Sends a text.",
  input: z.object({ text: z.string(), to: z.record(z.string(), z.string()).default({}) }),
  steps: { Sending: 1 },
  run: async () => ({ message: "Sent" }),
});
const catalog = new Map<string, Kind>(
  Object.entries({ reading, sending }) as unknown as [string, Kind][],
);
const hour = 3_600_000;

describe.each(backends)("duplicate starts on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  let backend: Backend;
  beforeAll(async () => {
    opened = await openTestBackend(which);
    backend = opened.backend;
    await addAccount(backend, "account-2");
  });
  afterAll(() => opened.close());

  const asked = (input: object, more: Partial<StartRequest> = {}): StartRequest => ({
    ...{ kind: "sending", accountId: "account-1", userId: "ada", unlessActive: {} },
    input: { ...input },
    ...more,
  });
  const begin = async (input: object, more: Partial<StartRequest> = {}) =>
    (await start(backend, catalog, asked(input, more))).job;
  const activeOf = (starting: Promise<unknown>) =>
    starting.then(
      () => null,
      (error) => {
        if (error instanceof AlreadyActive) return error.job.id;
        throw error;
      },
    );

  test("a start is rejected while a job with the same input is active", async () => {
    const job = await begin({ text: "same", to: { a: "1", b: "2" } });
    const again = { text: "same", to: { b: "2", a: "1" } };
    expect(await activeOf(begin(again))).toBe(job.id);
    expect(await activeOf(begin({ ...again, text: "other" }))).toBeNull();
    expect(await activeOf(begin(again, { accountId: "account-2" }))).toBeNull();
    expect(await activeOf(begin(again, { userId: "bob" }))).toBe(job.id);
    const own = { userId: "bob", unlessActive: { userId: "bob" } };
    expect(await activeOf(begin(again, own))).toBeNull();
    const another = await begin(again, { unlessActive: undefined });
    expect(another.id).not.toBe(job.id);
    for (const { id } of [job, another]) await cancel({ backend, catalog }, id, "ada");
    expect(await activeOf(begin(again, { unlessActive: { userId: "ada" } }))).toBeNull();
  });

  test("a start with a used idempotency key returns the first job", async () => {
    const key = { idempotencyKey: "key-1" };
    const first = await begin({ text: "keyed" }, key);
    const second = await start(backend, catalog, asked({ text: "keyed" }, key));
    expect(second).toMatchObject({ repeated: true, sameInput: true, job: { id: first.id } });
  });

  test("an idempotency key of another person is as good as unused", async () => {
    const key = { idempotencyKey: "shared" };
    const first = await begin({ text: "ada's" }, key);
    const others = { ...key, userId: "eve", accountId: "account-2" };
    const second = await start(backend, catalog, asked({ text: "eve's" }, others));
    expect(second).toMatchObject({ repeated: false, sameInput: true, job: { user_id: "eve" } });
    expect(second.job.id).not.toBe(first.id);
    // Each repeats their own start, also with input that has become invalid.
    for (const [more, job] of [
      [key, first],
      [others, second.job],
    ] as const) {
      const again = await start(backend, catalog, asked({ text: "other" }, more));
      expect(again).toMatchObject({ repeated: true, sameInput: false, job: { id: job.id } });
      const invalid = { ...more, errors: { text: "No" } };
      expect((await start(backend, catalog, asked({}, invalid))).job.id).toBe(job.id);
    }
    const third = { ...key, userId: "bob" };
    await expect(start(backend, catalog, asked({}, third))).rejects.toThrow(InvalidInput);
  });

  test("one of many concurrent starts with the same input creates a job", async () => {
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        activeOf(begin({ text: "parallel" }, { idempotencyKey: `tab-${at}` })),
      ),
    );
    const [first, ...others] = [...new Set(all)].filter((id) => id !== null);
    expect(all.filter((id) => id === null)).toHaveLength(1);
    expect(first).toBeDefined();
    expect(others).toEqual([]);
  });

  test("a start treats uploads with the same bytes as the same input", async () => {
    const target = { backend, storage: createDiskStorage(opened.dir), maxBytes: 1_000 };
    const keep = async (name: string, text: string) => {
      const chunks = (async function* () {
        yield Buffer.from(text);
      })();
      const who = { accountId: "account-1", userId: "ada", mediaType: "text/csv" };
      return (await saveUpload(target, { ...who, name, chunks })).id;
    };
    const kind = { kind: "reading" };
    const job = await begin({ upload_id: await keep("people.csv", "email\na@x.test\n") }, kind);
    const twin = await keep("copy of people.csv", "email\na@x.test\n");
    expect(await activeOf(begin({ upload_id: twin }, kind))).toBe(job.id);
    expect(await activeOf(begin({ upload_id: twin, loud: true }, kind))).toBeNull();
    const other = await keep("people.csv", "email\nb@x.test\n");
    expect(await activeOf(begin({ upload_id: other }, kind))).toBeNull();
  });

  test("a start with other errors is rejected unless its idempotency key was used", async () => {
    const invalid = { errors: { run_at: "This time has passed" } };
    await expect(begin({ text: "late" }, invalid)).rejects.toMatchObject({
      fields: invalid.errors,
    });
    const key = { idempotencyKey: "key-2", runAt: backend.now() + hour };
    const job = await begin({ text: "late" }, key);
    const again = await start(backend, catalog, asked({ text: "late" }, { ...key, ...invalid }));
    expect(again).toMatchObject({ repeated: true, sameInput: true, job: { id: job.id } });
  });

  test("a scheduled job can be started now once", async () => {
    const job = await begin({ text: "tonight" }, { runAt: backend.now() + hour });
    await pause({ backend }, job.id, "ada");
    expect((await startNow({ backend }, job.id, "ada")).status).toBe("paused");
    const waiting = await resume({ backend }, job.id, "ada");
    expect(waiting.run_at).toBe(job.run_at);
    const due = await startNow({ backend }, job.id, "ada", "api");
    expect(due.run_at).toBeLessThanOrEqual(backend.now());
    expect(due.version).toBeGreaterThan(waiting.version);
    expect((await startNow({ backend }, job.id, "ada")).version).toBe(due.version);
    const events = ["created", "paused", "resumed", "brought_forward"];
    expect(await eventTypes(backend, job.id)).toEqual(events);
    const entries = (await listAudit(backend.db, job.id, 10)).map(({ action, via }) => [
      action,
      via,
    ]);
    expect(entries).toContainEqual(["started_now", "api"]);
    expect(entries).toHaveLength(4);
    await cancel({ backend, catalog }, job.id, "ada");
  });

  test("the audit records every action that changed something", async () => {
    const job = await begin({ text: "audited" }, { via: "api" });
    await sleep(2);
    await cancel({ backend, catalog }, job.id, "bob");
    await cancel({ backend, catalog }, job.id, "eve");
    await pause({ backend }, job.id, "eve");
    await resume({ backend }, job.id, "eve");
    await sleep(2);
    const ended = await readJob(backend, job.id);
    const again = (await retry({ backend, catalog }, ended, "ada")).job;
    const entries = await listAudit(backend.db, job.id, 10);
    expect(entries).toMatchObject([
      { action: "retried", user_id: "ada", via: "page", new_job_id: again.id },
      { action: "cancelled", user_id: "bob", via: "page" },
      { action: "started", user_id: "ada", via: "api" },
    ]);
    expect(await listAudit(backend.db, job.id, 1)).toEqual(entries.slice(0, 1));
    await cancel({ backend, catalog }, again.id, "ada");
  });

  test("the audit records a download once an hour for each person and file", async () => {
    const job = await begin({ text: "downloaded" });
    const noon = 12 * hour;
    const people = { jobId: job.id, fileId: "file-1", fileName: "people.csv" };
    const otherFile = { jobId: job.id, fileId: "file-2", fileName: "rest.csv" };
    const download = (ms: number, userId: string, files: (typeof people)[]) =>
      recordDownloads({ ...backend, now: () => ms }, { userId, via: "page" }, files);
    for (const ms of [noon, noon + 1, noon + hour - 1]) await download(ms, "ada", [people]);
    await download(noon + hour, "ada", [people]);
    await download(noon, "bob", [people]);
    await download(noon, "ada", [people, otherFile]);
    const entries = await listAudit(backend.db, job.id, 10);
    const downloads = entries.filter(({ action }) => action === "downloaded");
    expect(downloads.map(({ user_id, file_name }) => `${user_id} ${file_name}`).sort()).toEqual([
      "ada people.csv",
      "ada people.csv",
      "ada rest.csv",
      "bob people.csv",
    ]);
    await cancel({ backend, catalog }, job.id, "ada");
  });
});
