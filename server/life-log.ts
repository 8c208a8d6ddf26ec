/** One line for each fact about a job, in the log of the process that wrote it. */
import type { WorkerMetric } from "./engine/job-lifecycle.ts";
import type { Log } from "./log.ts";

/** @param worker the id under which this process claims, where it is a worker */
export function logLife(log: Log, observed: WorkerMetric, worker?: string): void {
  if (observed.what === "lease_lost") {
    const { job, kind, fence } = observed;
    log.warn({ job, kind, fence, worker }, "lease lost");
  }
  if (observed.what !== "life") return;
  const { type, job, kind, status, fence } = observed.event;
  log.info({ job, kind, fence, worker, status }, `job ${type}`);
}
