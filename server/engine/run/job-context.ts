import { v7 as uuidv7 } from "uuid";
import type { JobContext, Tally } from "../../job.ts";
import { createScratch } from "../../storage/scratch.ts";
import { openUpload } from "../../storage/uploads.ts";
import { runBatches } from "./batches.ts";
import type { Programs } from "./exec.ts";
import { saveFile } from "./files.ts";
import { offerFollowUp, withdrawFollowUp } from "./follow-ups.ts";
import { createJobsApi } from "./jobs-api.ts";
import { createRejections } from "./rejections.ts";
import type { Run } from "./run.ts";
import { createSleep } from "./sleep.ts";
import { loadSteps } from "./steps.ts";

/** Creates the `job` that a kind gets, for one run. */
export async function createJobContext(run: Run, programs: Programs): Promise<JobContext> {
  const { row, backend, storage, progress } = run;
  const { signal } = run.abort;
  const counts: Tally = { succeeded: row.succeeded, rejected: row.rejected, skipped: row.skipped };
  const rejections = createRejections();
  const stepsWithBatches = new Set<number>();
  const steps = await loadSteps(run);

  return {
    id: row.id,
    accountId: row.account_id,
    userId: row.user_id,
    attempt: row.retries + 1,
    signal,
    db: backend.db,
    scratch: { ...createScratch(storage, row.id), folder: run.folder.path },
    counts,
    maxUpsertRows: backend.maxBatchRows,
    step: (name, work) => steps.run(name, work),
    stepResult: (name) => steps.value(name),
    async batches(options) {
      const step = steps.current();
      // A step has one cursor, so after an interruption a second call would continue the first one.
      if (stepsWithBatches.has(step)) throw new Error("A step goes through batches once");
      stepsWithBatches.add(step);
      await runBatches(run, step, counts, rejections, options);
    },
    progress(done, total, message) {
      progress.set(done, total ?? null, message ?? null);
    },
    expect: (step, total) => progress.expect(steps.position(step), total),
    reject: (number, reason) => rejections.add(number, reason),
    log: (message, level = "info") => progress.log({ level, message, at: backend.now() }),
    sleep: createSleep(run, steps),
    exec: programs.exec,
    offer: (name) => offerFollowUp(run, name),
    withdraw: (name) => withdrawFollowUp(run, name),
    jobs: createJobsApi(run),
    open: (uploadId) => openUpload(backend, storage, { accountId: row.account_id }, uploadId),
    file: (file, content) => saveFile(run, { id: uuidv7(), ...file }, content),
  };
}
