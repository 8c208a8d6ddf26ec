/** Logs each job event in the process that wrote it. */
import type { WorkerMetric } from "./engine/job-lifecycle.ts";
import type { Log } from "./log.ts";

/** @param worker the id of the worker, if this process is one */
export function logJobActivity(log: Log, metric: WorkerMetric, worker?: string): void {
  if (metric.type === "lease_lost") {
    const { job, kind, fence } = metric;
    log.warn({ job, kind, fence, worker }, "lease lost");
  }
  if (metric.type === "schedule") {
    const { schedule, kind, result } = metric;
    log.info({ schedule, kind, worker }, `schedule ${result}`);
  }
  if (metric.type !== "lifecycle") return;
  const { type, job, kind, status, fence } = metric.event;
  log.info({ job, kind, fence, worker, status }, `job ${type}`);
}
