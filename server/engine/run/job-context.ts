import { v7 as uuidv7 } from "uuid";
import type { BatchOptions, JobContext, Tally } from "../../job.ts";
import { settingsOf } from "../../kind-settings.ts";
import { createScratch } from "../../storage/scratch.ts";
import { openUpload } from "../../storage/uploads.ts";
import { KindError } from "../kind-error.ts";
import { runBatches } from "./batches.ts";
import { createEach } from "./each.ts";
import type { Programs } from "./exec.ts";
import { saveFile } from "./files.ts";
import { findFirstJobId } from "./first-job-id.ts";
import { offerFollowUp, withdrawFollowUp } from "./follow-ups.ts";
import { createJobsApi } from "./jobs-api.ts";
import { createRejections } from "./rejections.ts";
import type { Run } from "./run.ts";
import { createSleep } from "./sleep.ts";
import { loadSteps } from "./steps.ts";

/**
 * Creates the `job` that a kind gets, for one run.
 * @returns also `assertEnded`, which throws KindError if the kind has begun something that still runs
 */
export async function createJobContext(
  run: Run,
  programs: Programs,
): Promise<{ job: JobContext; assertEnded: () => void }> {
  const { row, backend, storage, progress } = run;
  const { signal } = run.abort;
  const settings = settingsOf(run.kind);
  const { redact } = settings;
  const counts: Tally = { succeeded: row.succeeded, rejected: row.rejected, skipped: row.skipped };
  const rejections = createRejections();
  const stepsWithBatches = new Set<number>();
  const steps = await loadSteps(run);

  async function batches<Item, Cursor>(
    options: BatchOptions<Item, Cursor>,
    work?: (items: Item[]) => Promise<void>,
  ): Promise<void> {
    const step = steps.current();
    // A step has one cursor, so after an interruption a second call would continue the first one.
    if (stepsWithBatches.has(step)) throw new KindError("A step goes through batches once");
    stepsWithBatches.add(step);
    const running = runBatches(run, step, counts, rejections, options, work);
    await steps.track(work ? "job.each" : "job.batches", running);
  }

  const scratch = createScratch(storage, row.id);

  const job: JobContext = {
    id: row.id,
    accountId: row.account_id,
    userId: row.user_id,
    retryOf: row.retry_of,
    firstJobId: await findFirstJobId(backend, row),
    attempt: row.retries + 1,
    env: settings.values,
    signal,
    get db() {
      return backend.readOnlyDb;
    },
    scratch: {
      ...scratch,
      write: (name, content) => steps.track("job.scratch.write", scratch.write(name, content)),
      append: (name, content) => steps.track("job.scratch.append", scratch.append(name, content)),
      folder: run.folder.path,
    },
    counts,
    maxUpsertRows: backend.maxBatchRows,
    step: (name, work) => steps.run(name, work),
    stepResult: (name) => steps.value(name),
    batches: (options) => batches(options),
    each: createEach(run, steps, rejections, batches),
    progress(done, total, message) {
      progress.set(done, total ?? null, message === undefined ? null : redact(message));
    },
    expect: (step, total) => progress.expect(steps.position(step), total),
    reject: (row, reason, label) => rejections.add(row, reason, label),
    log: (message, level = "info") =>
      progress.log({ level, message: redact(message), at: backend.now() }),
    output: { append: (text) => run.output.append(redact(text)) },
    sleep: createSleep(run, steps),
    exec: programs.exec,
    offer: (name) => steps.track("job.offer", offerFollowUp(run, name)),
    withdraw: (name) => steps.track("job.withdraw", withdrawFollowUp(run, name)),
    jobs: createJobsApi(run),
    open: (uploadId) => openUpload(backend, storage, { accountId: row.account_id }, uploadId),
    file: (file, content) =>
      steps.track("job.file", saveFile(run, { id: uuidv7(), ...file }, content)),
  };
  return {
    job,
    assertEnded() {
      steps.assertEnded();
      if (programs.running === undefined) return;
      throw new KindError(`run returned while ${programs.running} was running. Await job.exec`);
    },
  };
}
