/** The jobs that are not over, and the queue: read when they are asked for. */
import { Gauge, type Registry } from "prom-client";
import type { Backend } from "../backend/backend.ts";

/** However many ask, and however often, the database is asked once in this time. */
const freshMs = 5_000;

export function addQueueFigures(figures: Registry, { db, now }: Backend): void {
  const jobs = new Gauge({
    name: "headway_jobs",
    help: "Jobs that are not over, by kind and status",
    labelNames: ["kind", "status"],
    registers: [figures],
    collect: () => refresh(),
  });
  const depth = new Gauge({
    name: "headway_queue_depth",
    help: "Jobs that are due and wait for a worker",
    registers: [figures],
    collect: () => refresh(),
  });
  const age = new Gauge({
    name: "headway_queue_age_seconds",
    help: "For how long the oldest of them has been due",
    registers: [figures],
    collect: () => refresh(),
  });

  let read: Promise<void> | undefined;
  let readAt = 0;

  function refresh(): Promise<void> {
    if (!read || now() - readAt >= freshMs) {
      readAt = now();
      // A database that is away is told by the age of these figures, not by an error for all.
      read = readJobs().catch(() => {});
    }
    return read;
  }

  async function readJobs(): Promise<void> {
    const at = now();
    const [active, due] = await Promise.all([
      db
        .selectFrom("jobs")
        .select(["kind", "status", (eb) => eb.fn.countAll().as("count")])
        .where("finished_at", "is", null)
        .groupBy(["kind", "status"])
        .execute(),
      db
        .selectFrom("jobs")
        .select((eb) => [eb.fn.countAll().as("count"), eb.fn.min("run_at").as("oldest")])
        .where("status", "=", "queued")
        .where("run_at", "<=", at)
        .executeTakeFirstOrThrow(),
    ]);
    jobs.reset();
    for (const { kind, status, count } of active) jobs.set({ kind, status }, Number(count));
    depth.set(Number(due.count));
    age.set(due.oldest === null ? 0 : (at - due.oldest) / 1_000);
  }
}
