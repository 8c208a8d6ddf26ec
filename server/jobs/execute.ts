/** Runs one claimed job in this process, to whatever end it comes. */
import type { Backend } from "../backend/backend.ts";
import type { JobRow } from "../backend/schema.ts";
import type { Catalog } from "../catalog.ts";
import { type JobContext, type Kind, Refused } from "../job.ts";
import type { Log } from "../log.ts";
import type { Storage } from "../storage/storage.ts";
import { createContext } from "./context.ts";
import { cancelled, failForGood, failOrRetry, handBack, paused, succeed, timeOut } from "./ends.ts";
import { createEstimator } from "./estimate.ts";
import type { Progress } from "./progress.ts";
import { type Run, Stopped } from "./run.ts";
import { isFinal } from "./status.ts";

export interface Executor {
  backend: Backend;
  storage: Storage;
  catalog: Catalog;
  progress: Progress;
  log: Log;
}

/** Resolves when the run has ended and its end is written. */
export async function execute(executor: Executor, row: JobRow, abort: AbortController) {
  const { backend, catalog, progress, log } = executor;
  const kind = catalog.get(row.kind);
  const tracked = progress.track(row.id, row.fence, createEstimator());
  try {
    if (!kind) return void (await failForGood(backend, row, missing(row.kind)));
    const ended = await attempt({ row, kind, abort, tracked, ...executor });
    log.info({ job: row.id, kind: row.kind, fence: row.fence, status: ended?.status }, "run ended");
  } finally {
    tracked.forget();
  }
  async function attempt(run: Run): Promise<JobRow | undefined> {
    const job = await createContext(run);
    const input = JSON.parse(row.input);
    try {
      const outcome = await run.kind.run(job, input);
      await tracked.finish();
      const ended = await succeed(backend, row, outcome);
      if (ended) await tidy(executor, ended);
      return ended;
    } catch (error) {
      await tracked.finish().catch(() => {});
      const ended = await endAfter(error, run, job, input);
      if (ended && isFinal(ended.status)) await tidy(executor, ended);
      return ended;
    }
  }

  async function endAfter(error: unknown, run: Run, job: JobContext, input: unknown) {
    const why = reasonOf(error, abort.signal);
    if (why === "lost") return undefined;
    if (why === "pause") return cleanIfFinal(await paused(backend, row));
    if (why === "shutdown") return cleanIfFinal(await handBack(backend, row, "interrupted"));
    if (why === "cancel") {
      await cleanUp(run.kind, job, input, log);
      return cancelled(backend, row, run.kind.kept?.(job) ?? kept(job));
    }
    if (why === "deadline") {
      await cleanUp(run.kind, job, input, log);
      return timeOut(backend, row, row.timeout_ms);
    }
    log.warn({ job: row.id, kind: row.kind, fence: row.fence, err: error }, "run failed");
    return cleanIfFinal(await failOrRetry(backend, row, run.kind, error));

    async function cleanIfFinal(ended: JobRow | undefined) {
      if (ended && isFinal(ended.status)) await cleanUp(run.kind, job, input, log);
      return ended;
    }
  }
}

function missing(kind: string): Refused {
  return new Refused(`There is no kind "${kind}" any more`, "Its file was removed from jobs/.");
}

/** An error that comes after the signal fired is taken as the kind's way of stopping. */
function reasonOf(error: unknown, signal: AbortSignal) {
  if (error instanceof Stopped) return error.why;
  return signal.aborted && signal.reason instanceof Stopped ? signal.reason.why : undefined;
}

function kept({ counts }: JobContext): string {
  const { succeeded } = counts;
  if (succeeded === 0) return "Cancelled; nothing had been kept";
  return `Cancelled; what was done before is kept: ${succeeded.toLocaleString("en")}`;
}

async function cleanUp(kind: Kind, job: JobContext, input: unknown, log: Log): Promise<void> {
  try {
    await kind.cleanup?.(job, input as never);
  } catch (error) {
    log.error({ job: job.id, err: error }, "cleanup failed");
  }
}

/** Nothing of an ended job is left over but what it gave the person. */
export async function tidy({ storage }: Pick<Executor, "storage">, job: JobRow): Promise<void> {
  await storage.removeAll(`jobs/${job.id}/scratch/`);
}
