/** The composition root of a runner: creates the parts that run a job, for `runner.ts` and the tests. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policyFor } from "./accounts/authorize.ts";
import type { Backend } from "./backend/backend.ts";
import type { Catalog } from "./catalog.ts";
import { programEnvironment } from "./config.ts";
import type { RecordMetric } from "./engine/job-lifecycle.ts";
import type { Executor } from "./engine/run/execute.ts";
import type { FindKindLine } from "./engine/run/kind-line.ts";
import { createOutputWriter } from "./engine/run/output-writer.ts";
import { createProgressTracker } from "./engine/run/progress-tracker.ts";
import { progressWriter } from "./engine/run/progress-writer.ts";
import type { RunLimits } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Storage } from "./storage/storage.ts";

const unlimited: RunLimits = {
  maxStartsPerMinute: Number.POSITIVE_INFINITY,
  maxQueuedJobs: Number.POSITIVE_INFINITY,
  maxStoredBytes: Number.POSITIVE_INFINITY,
};

/**
 * @param parts.recordMetric called with the metrics of the runs; default: they are dropped
 * @param parts.onBegin called with the job's id right before the `run` or `cleanup` of its kind
 * @param parts.onIdle called with the job's id before a run only sleeps for so many ms
 * @param parts.limits of an account; default: none
 * @param parts.workFolder absolute path: the folders of runs are in it. Default: among the system's
 * temporary files
 * @param parts.findKindLine finds the line of a kind that an error is about; default: none is shown
 */
export function createExecutor(parts: {
  backend: Backend;
  storage: Storage;
  catalog: Catalog;
  log: Log;
  recordMetric?: RecordMetric;
  onBegin?: (id: string) => void;
  onIdle?: (id: string, ms: number) => void;
  limits?: Partial<RunLimits>;
  workFolder?: string;
  findKindLine?: FindKindLine;
  explainError?: Executor["explainError"];
}): Executor {
  const { backend, log, recordMetric = () => {}, onBegin = () => {}, onIdle = () => {} } = parts;
  const limits = { ...unlimited, ...parts.limits };
  const writeProgress = progressWriter(backend);
  const tracker = createProgressTracker({
    async write(rows, logs) {
      const lost = await writeProgress(rows, logs);
      recordMetric({ type: "progress_flushed", jobs: rows.length });
      return lost;
    },
    now: backend.now,
    // Whole ms, like all times of recorded estimates.
    elapsed: () => Math.round(performance.now()),
    onError: (error) => log.warn({ err: error }, "progress could not be saved"),
  });
  const outputs = createOutputWriter({
    backend,
    onError: (error) => log.warn({ err: error }, "output could not be saved"),
  });
  const { workFolder = join(tmpdir(), "headway-runs"), findKindLine = () => undefined } = parts;
  const environment = programEnvironment();
  const defaults = {
    ...{ recordMetric, onBegin, onIdle, limits, workFolder, environment, findKindLine },
    outputs,
  };
  return { ...parts, ...defaults, tracker, policyFor: policyFor(backend) };
}
