/** Metrics of active jobs and the queue, read from the database when they are collected. */
import { sql } from "kysely";
import { Gauge, type Registry } from "prom-client";
import type { Backend } from "../backend/backend.ts";
import { readScheduleHealth } from "../engine/schedules/schedule-health.ts";
import { countLiveWorkers } from "../engine/worker-watch.ts";

/** A job that gave back its slot waits from then on, and keeps its place in the queue. */
const oldestWait = sql<number | null>`min(
  case when released_at > run_at then released_at else run_at end)`;

/** Minimum time between two queries, however often metrics are collected. */
const minIntervalMs = 5_000;

export function addQueueMetrics(registry: Registry, backend: Backend): void {
  const { db, now } = backend;
  const jobs = new Gauge({
    name: "headway_jobs",
    help: "Active jobs by kind and status",
    labelNames: ["kind", "status"],
    registers: [registry],
    collect: () => refresh(),
  });
  const depth = new Gauge({
    name: "headway_queue_depth",
    help: "Due jobs that wait for a worker",
    registers: [registry],
    collect: () => refresh(),
  });
  const age = new Gauge({
    name: "headway_queue_age_seconds",
    help: "Time since the oldest of them became due",
    registers: [registry],
    collect: () => refresh(),
  });

  const workers = new Gauge({
    name: "headway_workers",
    help: "Workers that sent a heartbeat lately",
    registers: [registry],
    collect: () => refresh(),
  });

  const failing = new Gauge({
    name: "headway_schedules_failing",
    help: "Schedules whose latest runs all failed, three or more",
    registers: [registry],
    collect: () => refresh(),
  });
  const late = new Gauge({
    name: "headway_schedule_lateness_seconds",
    help: "Time since the oldest time of a schedule came that no worker has taken",
    registers: [registry],
    collect: () => refresh(),
  });

  let reading: Promise<void> | undefined;
  let readAt = 0;

  function refresh(): Promise<void> {
    if (!reading || now() - readAt >= minIntervalMs) {
      readAt = now();
      // Without the database the last values stay, so that the other metrics are still served.
      reading = readJobs().catch(() => {});
    }
    return reading;
  }

  async function readJobs(): Promise<void> {
    const at = now();
    const [active, due, live, schedules] = await Promise.all([
      db
        .selectFrom("jobs")
        .select(["kind", "status", (eb) => eb.fn.countAll().as("count")])
        .where("finished_at", "is", null)
        .groupBy(["kind", "status"])
        .execute(),
      db
        .selectFrom("jobs")
        .select((eb) => [eb.fn.countAll().as("count"), oldestWait.as("oldest")])
        .where("status", "=", "queued")
        .where("run_at", "<=", at)
        .executeTakeFirstOrThrow(),
      countLiveWorkers(backend),
      readScheduleHealth(backend),
    ]);
    jobs.reset();
    for (const { kind, status, count } of active) jobs.set({ kind, status }, Number(count));
    depth.set(Number(due.count));
    workers.set(live);
    failing.set(schedules.failing);
    late.set(schedules.lateMs / 1_000);
    age.set(due.oldest === null ? 0 : (at - due.oldest) / 1_000);
  }
}
