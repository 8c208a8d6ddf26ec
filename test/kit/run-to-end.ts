/** Runs a job with the engine of the runners until it has ended, and interrupts its runs as requested. */
import type { Backend } from "../../server/backend/backend.ts";
import type { JobRow } from "../../server/backend/schema.ts";
import type { Catalog } from "../../server/catalog.ts";
import { cancel } from "../../server/engine/cancel.ts";
import { rescueAfterCrash } from "../../server/engine/finish.ts";
import { pause, resume } from "../../server/engine/pause.ts";
import { execute } from "../../server/engine/run/execute.ts";
import { Stopped, type StopReason } from "../../server/engine/run/run.ts";
import { minLongSleepMs } from "../../server/engine/run/sleep.ts";
import { isFinal } from "../../server/engine/status.ts";
import { createExecutor } from "../../server/executor.ts";
import type { JobContext, Kind } from "../../server/job.ts";
import { createLog } from "../../server/log.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { type Interruption, interruptedBackend } from "./interruption.ts";
import { createRowRecorder, type RowRecorder } from "./row-recorder.ts";
import type { Clock } from "./test-kind.ts";
import { readTestedJob, type TestedJob } from "./tested-job.ts";

export interface KindTestParts {
  backend: Backend;
  storage: Storage;
  clock: Clock;
  kinds: Catalog;
  /** Each is for one run, in order. */
  interruptions: Interruption[];
}

const workerId = "worker-1";
const log = createLog("silent", "runner");
/** A job that needs more runs than this would never end. */
const maxRuns = 10_000;

export async function runToEnd(parts: KindTestParts, id: string): Promise<TestedJob> {
  const { backend, clock, kinds, interruptions } = parts;
  const recorder = createRowRecorder(backend, kinds, id);
  await recorder.record();
  let transactions = 0;
  let runs = 0;
  for (;;) {
    const row = await readJob(backend, id);
    if (isFinal(row.status)) {
      const kind = kinds.get(row.kind)!;
      return readTestedJob(parts, row, { kind, recorder, runs, transactions });
    }
    if (row.status === "paused") await resume({ backend }, id, row.user_id);
    else if (row.run_at > clock.now()) clock.advance(row.run_at - clock.now());
    // The queue on Postgres compares with the clock of the server, which nothing advances.
    await backend.db.updateTable("jobs").set({ run_at: 0 }).where("id", "=", id).execute();
    const claimed = await backend.queue.claim(workerId);
    if (claimed?.id !== id) throw new Error(`The job cannot be claimed: it is ${row.status}`);
    await recorder.record();
    if (++runs > maxRuns) throw new Error(`The job did not end within ${maxRuns} runs`);
    transactions = await runOnce(parts, claimed, recorder, interruptions.shift());
    await recorder.record();
  }
}

/** @returns the number of its transactions */
async function runOnce(
  parts: KindTestParts,
  row: JobRow,
  recorder: RowRecorder,
  interruption: Interruption | undefined,
): Promise<number> {
  const { backend, storage, clock, kinds } = parts;
  const abort = new AbortController();
  const killed = Promise.withResolvers<"killed">();
  const stop = (reason: StopReason) => abort.abort(new Stopped(reason));
  const interrupted = interruptedBackend(backend, interruption, {
    onKill() {
      killed.resolve("killed");
      // Ends requests and programs of the run, which die with a process.
      stop("lost");
    },
    onStop: () => requestStop(parts, row, interruption!, stop),
    onCommit: recorder.record,
  });
  const catalog = new Map(kinds).set(row.kind, withoutWaits(kinds.get(row.kind)!, clock));
  const progress = createExecutor({ backend: interrupted.uncounted, storage, catalog, log });
  const { tracker } = progress;
  const tracks: { stop(): void }[] = [];
  const executor: typeof progress = {
    ...progress,
    backend: interrupted.backend,
    tracker: {
      ...tracker,
      track(...of) {
        const tracked = recorder.watch(tracker.track(...of));
        tracks.push(tracked);
        return tracked;
      },
    },
  };
  const running = execute(executor, row, abort).then(async (ended) => {
    if (ended) await execute(progress, ended, new AbortController(), "clean");
  });
  const how = await Promise.race([running, killed.promise]);
  if (how === "killed") {
    for (const tracked of tracks) tracked.stop();
    await rescueAfterCrash(backend, await readJob(backend, row.id));
  } else assertInterrupted(interruption, interrupted.transactions);
  return interrupted.transactions;
}

function assertInterrupted(interruption: Interruption | undefined, transactions: number): void {
  if (!interruption || interruption.happened || interruption.isOptional) return;
  const { how, at } = interruption;
  throw new Error(
    `Nothing was interrupted: ${how} at transaction ${at}, but the run ended after ${transactions}`,
  );
}

/** Does what a person or the supervisor does, then stops the run, as a heartbeat does within a second. */
async function requestStop(
  { backend, clock, kinds }: KindTestParts,
  { id, user_id, timeout_ms }: JobRow,
  { how }: Interruption,
  stop: (reason: StopReason) => void,
): Promise<void> {
  if (how === "cancel") await cancel({ backend, catalog: kinds }, id, user_id);
  if (how === "pause") await pause({ backend }, id, user_id);
  if (how === "timeout") clock.advance(timeout_ms);
  stop(how === "timeout" ? "deadline" : (how as "cancel" | "pause" | "shutdown"));
}

/** Lets the clock jump over sleeps that keep their slot. The engine ends the run for longer ones. */
function withoutWaits(kind: Kind, clock: Clock): Kind {
  return {
    ...kind,
    run(job, input) {
      async function sleep(ms: number, reason?: string): Promise<void> {
        if (ms >= minLongSleepMs) return job.sleep(ms, reason);
        job.signal.throwIfAborted();
        clock.advance(Math.max(0, ms));
      }
      const get = (target: JobContext, name: string) =>
        name === "sleep" ? sleep : Reflect.get(target, name);
      return kind.run(new Proxy(job, { get } as ProxyHandler<JobContext>), input);
    },
  };
}

function readJob({ db }: Backend, id: string): Promise<JobRow> {
  return db.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}
