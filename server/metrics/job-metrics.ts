/** Metrics of the jobs of this process and of its runners. */
import { Counter, Histogram, type Registry } from "prom-client";
import type { JobLifecycleEvent, RecordMetric } from "../engine/job-lifecycle.ts";
import { isFinal } from "../engine/status.ts";

/** Upper bounds of the histograms, seconds. */
const waitBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];
const runBuckets = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600, 14_400];

/** @returns a function that updates the metrics */
export function addJobMetrics(registry: Registry): RecordMetric {
  const registers = [registry];
  const events = new Counter({
    name: "headway_job_events_total",
    help: "Job events written by this process: started, retry_scheduled, rescued, …",
    labelNames: ["kind", "type"],
    registers,
  });
  const ended = new Counter({
    name: "headway_jobs_ended_total",
    help: "Jobs that ended in this process",
    labelNames: ["kind", "status"],
    registers,
  });
  const rescues = new Counter({
    name: "headway_rescues_total",
    help: "Jobs rescued from lost workers and crashed runners",
    registers,
  });
  const wait = new Histogram({
    name: "headway_job_wait_seconds",
    help: "Time from when a job was due to its start",
    labelNames: ["kind"],
    buckets: waitBuckets,
    registers,
  });
  const run = new Histogram({
    name: "headway_job_run_seconds",
    help: "Running time of ended jobs without pauses",
    labelNames: ["kind", "status"],
    buckets: runBuckets,
    registers,
  });
  const flushes = new Counter({
    name: "headway_progress_flushes_total",
    help: "Statements that saved progress",
    registers,
  });
  const flushed = new Counter({
    name: "headway_progress_flushed_jobs_total",
    help: "Jobs whose progress these statements saved",
    registers,
  });
  const lost = new Counter({
    name: "headway_leases_lost_total",
    help: "Runs that lost their job to another claim",
    labelNames: ["kind"],
    registers,
  });

  const schedules = new Counter({
    name: "headway_schedule_times_total",
    help: "Times of schedules by what came of them: started, caught_up, skipped, not_started",
    labelNames: ["kind", "result"],
    registers,
  });

  function countEvent({ type, kind, status, waitedMs, ranMs }: JobLifecycleEvent): void {
    events.inc({ kind, type });
    if (type === "rescued") rescues.inc();
    if (waitedMs !== null) wait.observe({ kind }, waitedMs / 1_000);
    if (type === status && isFinal(status)) ended.inc({ kind, status });
    if (type === status && ranMs !== null) run.observe({ kind, status }, ranMs / 1_000);
  }

  return (metric) => {
    if (metric.type === "lifecycle") countEvent(metric.event);
    if (metric.type === "schedule") schedules.inc({ kind: metric.kind, result: metric.result });
    if (metric.type === "lease_lost") lost.inc({ kind: metric.kind });
    if (metric.type === "progress_flushed") {
      flushes.inc();
      flushed.inc(metric.jobs);
    }
  };
}
