import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { cancel } from "../../../server/engine/cancel.ts";
import { rescue } from "../../../server/engine/finish.ts";
import { defineJob, type Kind } from "../../../server/job.ts";
import { countStoredBytes } from "../../../server/storage/stored-bytes.ts";
import { backends, openTestBackend } from "../../support/backends.ts";
import { holdSlot } from "../../support/hold-slot.ts";
import { createJob } from "../../support/in-process.ts";
import { readJob } from "../../support/job-row.ts";

const kind = (run: Kind["run"]) =>
  defineJob({ title: "", description: "", input: z.object({}), steps: { Doing: 1 }, run });
const result = { name: "result.txt", type: "text/plain" };

describe.each(backends)("files of a job on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeAll(async () => {
    opened = await openTestBackend(which);
  });
  afterAll(() => opened.close());

  const folder = (id: string) => join(opened.dir, "jobs", id, "files");
  const stored = (id: string) => (existsSync(folder(id)) ? readdirSync(folder(id)) : []);
  const listed = async (id: string) => {
    const files = opened.backend.db.selectFrom("files").select("storage_key");
    const rows = await files.where("job_id", "=", id).execute();
    return rows.map(({ storage_key }) => storage_key.split("/").at(-1));
  };

  test("a file is deleted if its run loses the job while writing it", async () => {
    const { backend, dir } = opened;
    const job = await createJob(
      backend,
      dir,
      kind(async (job) => {
        await job.file(result, taken(job.id));
        return { message: "Never" };
      }),
    );
    async function* taken(id: string) {
      yield "first half, ";
      await rescue(backend, await readJob(backend, id));
      yield "second half";
    }
    expect(await job.run()).toMatchObject({ status: "queued", reason: "rescued" });
    expect(stored(job.id)).toEqual([]);
    expect(await listed(job.id)).toEqual([]);
    await cancel({ backend, catalog: new Map() }, job.id, "person-1");
  });

  test("a job whose account has no room fails with its result, and still saves rejected rows", async () => {
    const { backend, dir } = opened;
    const saved: string[] = [];
    const write = kind(async (job) => {
      for (const role of ["rejected", "result"] as const) {
        const chunks = (async function* () {
          yield "1234567890";
        })();
        await job.file({ name: `${role}.csv`, type: "text/csv", role }, chunks);
        saved.push(role);
      }
      return { message: "Done" };
    });
    // The files of other tests count, too.
    const full = (await countStoredBytes(backend, "account-1")) + 10;
    const job = await createJob(backend, dir, write, { maxStoredBytes: full });
    const error = "Your account's storage is full";
    expect(await job.run()).toMatchObject({ status: "failed", reason: "refused", error });
    expect(saved).toEqual(["rejected"]);
    const roomy = await createJob(backend, dir, write, { maxStoredBytes: full + 11 });
    expect((await roomy.run()).status).toBe("done");
    expect((await countStoredBytes(backend, "account-1")) - full).toBe(20);
  });

  test("a stray file of a killed process is deleted when the job ends", async () => {
    const { backend, dir } = opened;
    let runs = 0;
    const job = await createJob(
      backend,
      dir,
      kind(async (job) => {
        runs++;
        await job.file(
          result,
          (async function* () {
            yield `Run ${runs}`;
          })(),
        );
        if (runs === 1) await holdSlot(job, 60_000);
        return { message: "Done" };
      }),
    );
    const first = job.run();
    await expect.poll(() => listed(job.id)).toHaveLength(1);
    job.stop("shutdown");
    await first;
    // A process can be killed before it inserts a file's row or before it deletes a replaced file.
    const strays = ["0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e9f", "0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e90"];
    for (const stray of strays)
      await job.storage.save(`jobs/${job.id}/files/${stray}`, [Buffer.from("?")]);
    expect(await job.run()).toMatchObject({ status: "done", cleanup_due_at: null });
    expect(stored(job.id)).toHaveLength(1);
    expect(stored(job.id)).toEqual(await listed(job.id));
  });
});
