/** A worker: claims jobs when the queue wakes it up, sends heartbeats, and supervises its runners. */
import type { Backend, MaintenanceTask, QueueListener } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import type { Log } from "../../log.ts";
import { claim } from "../claim.ts";
import { failWithTimeout, finishCancelled, release, rescue } from "../finish.ts";
import type { RecordMetric } from "../job-lifecycle.ts";
import { isFinal } from "../status.ts";
import { createCleanupScheduler } from "./cleanup-scheduler.ts";
import { type RunningJob, registerWorker, sendHeartbeat } from "./heartbeat.ts";
import { createLocalJobs, type LocalJob } from "./local-jobs.ts";
import { createRunnerPool, type TaskExit } from "./runner-pool.ts";
import { createSweeper, lostAfterMs, removeWorkers } from "./sweep.ts";

const beatMs = 1_000;
/** For handing jobs back at a shutdown, before their processes are killed. */
const shutdownMs = 6_000;

export interface Supervisor {
  /** Hands the running jobs back and ends all processes, within 10 s. */
  stop(): Promise<void>;
}

export async function startSupervisor(options: {
  backend: Backend;
  catalog: Catalog;
  log: Log;
  concurrency: number;
  runners: number;
  /** Told the id under which the worker claims, each time it gets one. */
  onRegister?: (id: string) => void;
  /** Periodic work of the system itself, which this worker shares with all others. */
  maintenanceTasks?: readonly MaintenanceTask[];
  /** Told what this worker and its runners do. */
  observe?: RecordMetric;
}): Promise<Supervisor> {
  const {
    backend,
    catalog,
    log,
    concurrency,
    maintenanceTasks = [],
    onRegister = () => {},
  } = options;
  const observe = options.observe ?? (() => {});
  const pool = createRunnerPool({ shared: options.runners, catalog, log, observe });
  const sweeper = createSweeper(backend, log);
  const local = createLocalJobs(pool);
  const cleaner = createCleanupScheduler({ backend, catalog, log, pool, local });
  let unknownJobs: RunningJob[] = [];
  let stopping = false;
  let pausedUntil = 0;
  let sweeping = false;
  let beats = 0;
  let lastBeatAnswered = 0;
  let lastBeatAt = performance.now();
  const endLife = backend.lifecycle.subscribe((event) => observe({ type: "lifecycle", event }));
  let workerId = await registerWorker(backend, null);
  onRegister(workerId);

  async function claimAndRun(): Promise<boolean> {
    if (stopping || performance.now() < pausedUntil) return false;
    try {
      const row = await claim(backend, workerId);
      if (!row) return false;
      // It may come back to where an earlier run of it, that others gave up, has not left yet.
      await local.gone(row.id);
      // The stop came while the claim was under way.
      if (stopping) await release(backend, row, "interrupted");
      else await runJob(row);
      return true;
    } catch (error) {
      // Spares a failing database many queries a second. The sweep enqueues the job again.
      pausedUntil = performance.now() + beatMs;
      log.error({ err: error }, "a job could not be claimed");
      return false;
    }
  }

  async function runJob(row: JobRow): Promise<void> {
    const mine = local.add(row);
    let job: JobRow | undefined;
    try {
      job = await finishFor(mine, await pool.run(row, "run"));
    } finally {
      local.remove(row.id);
    }
    // In a shutdown it is left to the sweep of others.
    if (job && job.cleanup_due_at !== null && isFinal(job.status) && !stopping)
      await cleaner.clean(job);
  }

  /** Writes the end of a run whose process could not. @returns the job as it is now, if still ours */
  async function finishFor(
    { row, requestedStop: asked }: LocalJob,
    exit: TaskExit,
  ): Promise<JobRow | undefined> {
    if (exit.how === "ended") return exit.job;
    if (asked?.why === "lost") return undefined;
    if (asked?.why === "shutdown") return release(backend, row, "interrupted");
    const neighbour = exit.how === "killed" && exit.killedFor !== row.id;
    if (neighbour) return release(backend, row, "rescued");
    if (asked?.why === "deadline") return failWithTimeout(backend, row, row.timeout_ms);
    if (asked?.why === "cancel") {
      return finishCancelled(backend, row, "unresponsive");
    }
    const current = await backend.db
      .selectFrom("jobs")
      .selectAll()
      .where("id", "=", row.id)
      .executeTakeFirst();
    return current?.fence === row.fence ? rescue(backend, current) : undefined;
  }

  /** One a second, whatever became of those before: their connections may be dead without a word. */
  const onBeat = logged("beat", async () => {
    const number = ++beats;
    const watched = await sendHeartbeat(backend, workerId, listening.queueWorkerId);
    if (number < lastBeatAnswered) return;
    lastBeatAnswered = number;
    lastBeatAt = performance.now();
    if (watched) unknownJobs = local.reconcile(watched, backend.now());
    else await registerAgain();
  });

  async function registerAgain(): Promise<void> {
    log.warn({ worker: workerId }, "this worker was declared lost");
    local.stopAll("lost");
    if (stopping) return;
    // What beats under way say of the old name is of no interest any more.
    lastBeatAnswered = Number.POSITIVE_INFINITY;
    try {
      workerId = await registerWorker(backend, listening.queueWorkerId);
      onRegister(workerId);
    } finally {
      lastBeatAnswered = beats + 1;
    }
  }

  /** Apart from the beat: it may have to wait for rows that a stopped process holds. */
  const onSweep = logged("sweep", async () => {
    if (stopping || sweeping) return;
    sweeping = true;
    try {
      await rescueUnknownJobs();
      await sweeper.sweep(workerId);
      await cleaner.sweep();
    } finally {
      sweeping = false;
    }
  });

  function logged(what: string, work: () => Promise<void>): () => Promise<void> {
    return () => work().catch((error) => log.error({ err: error }, `${what} failed`));
  }

  /** A job listed as ours that nobody here runs, twice in a row, was lost on its way. */
  async function rescueUnknownJobs(): Promise<void> {
    for (const { id, fence } of unknownJobs) {
      const row = await backend.db
        .selectFrom("jobs")
        .selectAll()
        .where("id", "=", id)
        .executeTakeFirst();
      if (row?.fence !== fence || local.has(id)) continue;
      await rescue(backend, row);
    }
  }

  /** Runs also while the database is away: the processes here need no database to be ended. */
  function enforce(): void {
    // Others take these jobs over by now: what cannot beat must not go on either.
    if (performance.now() - lastBeatAt > lostAfterMs) local.stopAll("lost");
    local.enforceDeadlines();
    pool.pingAll();
  }

  const listening: QueueListener = await backend.queue.listen({
    concurrency,
    runNext: claimAndRun,
    maintenanceTasks,
  });
  const timer = setInterval(() => {
    enforce();
    void onBeat();
    void onSweep();
  }, beatMs);
  // At once, so that the list knows what the queue calls this worker, and lost jobs wait no longer.
  await onBeat();
  void onSweep();

  return {
    async stop() {
      stopping = true;
      local.stopAll("shutdown");
      const late = setTimeout(() => local.killAll(), shutdownMs);
      await listening.stop();
      clearTimeout(late);
      clearInterval(timer);
      await pool.close();
      // With the database away it is left to the sweep of others.
      await removeWorkers(backend, [workerId]).catch((error) =>
        log.warn({ err: error }, "this worker could not take itself off the list"),
      );
      endLife();
    },
  };
}
