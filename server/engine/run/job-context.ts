import { setTimeout as sleep } from "node:timers/promises";
import { v7 as uuidv7 } from "uuid";
import type { JobContext, Tally } from "../../job.ts";
import { createScratch } from "../../storage/scratch.ts";
import { openUpload } from "../../storage/uploads.ts";
import { runBatches } from "./batches.ts";
import { saveFile } from "./files.ts";
import { createJobsApi } from "./jobs-api.ts";
import { createRejections } from "./rejections.ts";
import type { Run } from "./run.ts";
import { loadSteps } from "./steps.ts";

const minReportedWaitMs = 1_000;

/** What a kind gets to work with, made for one run. */
export async function createJobContext(run: Run): Promise<JobContext> {
  const { row, backend, storage, progress: tracked } = run;
  const { signal } = run.abort;
  const counts: Tally = { succeeded: row.succeeded, rejected: row.rejected, skipped: row.skipped };
  const rejects = createRejections();
  const batched = new Set<number>();
  const steps = await loadSteps(run);

  return {
    id: row.id,
    accountId: row.account_id,
    userId: row.user_id,
    signal,
    db: backend.db,
    scratch: createScratch(storage, row.id),
    counts,
    maxUpsertRows: backend.maxBatchRows,
    step: (name, work) => steps.run(name, work),
    stepResult: (name) => steps.value(name),
    async batches(options) {
      const step = steps.current();
      // The cursor of a second one would be taken for the first one's after an interruption.
      if (batched.has(step)) throw new Error("A step goes through batches once");
      batched.add(step);
      await runBatches(run, step, counts, rejects, options);
    },
    progress(done, total, message) {
      tracked.set(done, total ?? null, message ?? null);
    },
    reject: (number, reason) => rejects.addRejections(number, reason),
    log: (message, level = "info") => tracked.log({ level, message, at: backend.now() }),
    sleep: async (ms, reason) => {
      // A short one is part of the work: in a hot loop it must cost nothing.
      const goOn =
        ms < minReportedWaitMs ? undefined : tracked.wait(backend.now() + ms, reason ?? null);
      await sleep(ms, undefined, { signal })
        .catch(() => signal.throwIfAborted())
        .finally(goOn);
    },
    jobs: createJobsApi(run),
    open: (uploadId) => openUpload(backend, storage, row.account_id, uploadId),
    file: (file, chunks) => saveFile(run, { id: uuidv7(), ...file }, chunks),
  };
}
