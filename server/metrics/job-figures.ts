/** What happens to jobs in this process, and in the runners of a worker. */
import { Counter, Histogram, type Registry } from "prom-client";
import type { JobLifecycleEvent, RecordMetric } from "../engine/job-lifecycle.ts";
import { isFinal } from "../engine/status.ts";

const waits = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];
const runs = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600, 14_400];

/** @returns what is to be told all that is observed */
export function addJobFigures(figures: Registry): RecordMetric {
  const registers = [figures];
  const events = new Counter({
    name: "headway_job_events_total",
    help: "Facts about jobs that were written here: started, retry_scheduled, rescued, …",
    labelNames: ["kind", "type"],
    registers,
  });
  const ended = new Counter({
    name: "headway_jobs_ended_total",
    help: "Jobs that ended here",
    labelNames: ["kind", "status"],
    registers,
  });
  const rescues = new Counter({
    name: "headway_rescues_total",
    help: "Jobs taken back from lost workers",
    registers,
  });
  const wait = new Histogram({
    name: "headway_job_wait_seconds",
    help: "From when a job was due to its start",
    labelNames: ["kind"],
    buckets: waits,
    registers,
  });
  const run = new Histogram({
    name: "headway_job_run_seconds",
    help: "Running time of jobs that ended, pauses not counted",
    labelNames: ["kind", "status"],
    buckets: runs,
    registers,
  });
  const flushes = new Counter({
    name: "headway_progress_flushes_total",
    help: "Statements that wrote progress",
    registers,
  });
  const flushed = new Counter({
    name: "headway_progress_flushed_jobs_total",
    help: "Jobs whose progress they wrote",
    registers,
  });
  const lost = new Counter({
    name: "headway_leases_lost_total",
    help: "Runs that found their job taken over",
    labelNames: ["kind"],
    registers,
  });

  function happened({ type, kind, status, waitedMs, ranMs }: JobLifecycleEvent): void {
    events.inc({ kind, type });
    if (type === "rescued") rescues.inc();
    if (waitedMs !== null) wait.observe({ kind }, waitedMs / 1_000);
    if (type === status && isFinal(status)) ended.inc({ kind, status });
    if (type === status && ranMs !== null) run.observe({ kind, status }, ranMs / 1_000);
  }

  return (observed) => {
    if (observed.what === "life") happened(observed.event);
    if (observed.what === "lease_lost") lost.inc({ kind: observed.kind });
    if (observed.what === "flushed") {
      flushes.inc();
      flushed.inc(observed.jobs);
    }
  };
}
