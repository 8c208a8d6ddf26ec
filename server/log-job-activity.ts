/** Logs each job event in the process that wrote it. */
import type { WorkerMetric } from "./engine/job-lifecycle.ts";
import type { Log } from "./log.ts";

/** @param worker the id of the worker, if this process is one */
export function logJobActivity(log: Log, observed: WorkerMetric, worker?: string): void {
  if (observed.what === "lease_lost") {
    const { job, kind, fence } = observed;
    log.warn({ job, kind, fence, worker }, "lease lost");
  }
  if (observed.what !== "life") return;
  const { type, job, kind, status, fence } = observed.event;
  log.info({ job, kind, fence, worker, status }, `job ${type}`);
}
