/** A worker: claims jobs when the queue wakes it up, sends heartbeats, and supervises its runners. */
import type { Backend, MaintenanceTask, QueueListener } from "../../backend/backend.ts";
import type { Catalog } from "../../catalog.ts";
import type { Log } from "../../log.ts";
import type { RecordMetric } from "../job-lifecycle.ts";
import { recomputeTimes } from "../schedules/move-schedules.ts";
import { startDueRuns } from "../schedules/start-due-runs.ts";
import { createCleanupScheduler } from "./cleanup-scheduler.ts";
import { createHeartbeat, heartbeatIntervalMs, type RunningJob } from "./heartbeat.ts";
import { createLocalJobs } from "./local-jobs.ts";
import { makeRoom } from "./make-room.ts";
import { createRunNext } from "./run-next.ts";
import { createRunnerPool } from "./runner-pool.ts";
import { createSlotReserve } from "./slot-reserve.ts";
import {
  createSweeper,
  enqueueOverdue,
  lostAfterMs,
  removeWorkers,
  rescueUnknownJobs,
  sweepIntervalMs,
} from "./sweep.ts";
import { wakeSleepers } from "./wake-sleepers.ts";

/** Jobs have this long to stop at a shutdown, before their processes are killed. */
const shutdownGraceMs = 6_000;

export interface Supervisor {
  /** Releases the running jobs and ends all processes, within 10 s. */
  stop(): Promise<void>;
}

export async function startSupervisor(options: {
  backend: Backend;
  catalog: Catalog;
  log: Log;
  /** Maximum number of jobs that run at once. */
  concurrency: number;
  /** Number of runner processes that jobs share. */
  runners: number;
  /** Called with the id under which the worker claims, each time it registers. */
  onRegister?: (id: string) => void;
  /** The queue gives each run of these to one of all workers. */
  maintenanceTasks?: readonly MaintenanceTask[];
  /** Queued jobs of an account, which schedules observe. Default: no limit. */
  maxQueuedJobs?: number;
  /** Called with the metrics of this worker and its runners. */
  recordMetric?: RecordMetric;
}): Promise<Supervisor> {
  const { backend, catalog, log, concurrency, runners, maintenanceTasks = [] } = options;
  const { onRegister = () => {}, recordMetric = () => {} } = options;
  const limits = { maxQueuedJobs: options.maxQueuedJobs ?? Number.POSITIVE_INFINITY };
  let unknownJobs: RunningJob[] = [];
  /** Undefined while it starts, in which time it may already claim. */
  let listener: QueueListener | undefined;
  let stopping = false;
  let sweeping = false;
  const reserve = createSlotReserve(concurrency);
  const onFreedReserve = logged("wake-up", () => enqueueOverdue(backend, 0));
  const pool = createRunnerPool({
    ...{ shared: runners, catalog, log, recordMetric },
    onYielding({ kind }) {
      // Claims for reserved slots have used up the queue entries of these jobs.
      if (reserve.onYielding(kind)) void onFreedReserve();
    },
    onIdle: (id, ms) => local.postponeDeadline(id, ms),
  });
  const sweeper = createSweeper(backend, log);
  const local = createLocalJobs({
    ...pool,
    requestRoom(id) {
      reserve.onAsked(id);
      pool.requestRoom(id);
    },
  });
  const cleanups = createCleanupScheduler({ backend, catalog, log, pool, local });
  const unsubscribe = backend.lifecycle.subscribe((event) =>
    recordMetric({ type: "lifecycle", event }),
  );
  const heartbeat = await createHeartbeat({
    backend,
    queueWorkerId: () => listener?.queueWorkerId ?? null,
    concurrency,
    onRegister,
    findMisdated: local.findMisdated,
    onAnswer(jobs) {
      unknownJobs = local.reconcile(jobs);
    },
    onLost(workerId) {
      log.warn({ worker: workerId }, "this worker was declared lost");
      local.stopAll("lost");
      return !stopping;
    },
  });

  /** Works without the database too, because it only ends processes of this machine. */
  function enforce(): void {
    // After this time other workers rescue the jobs of this one, so they must not go on here.
    if (heartbeat.silentMs > lostAfterMs) local.stopAll("lost");
    local.enforceDeadlines();
    pool.pingAll();
  }

  /** Skipped while the last sweep still waits, such as for rows that a suspended process locked. */
  async function sweep(): Promise<void> {
    if (stopping || sweeping || backend.lost.aborted) return;
    sweeping = true;
    try {
      await rescueUnknownJobs(backend, unknownJobs, local.has);
      await sweeper.sweep(heartbeat.workerId);
      await startDueRuns({ backend, catalog, limits, recordMetric });
      await wakeSleepers(backend);
      await makeRoom(backend, reserve.yieldingKinds());
      await cleanups.startDue();
    } finally {
      sweeping = false;
    }
  }

  function logged(name: string, work: () => Promise<void>): () => Promise<void> {
    return () => work().catch((error) => log.error({ err: error }, `${name} failed`));
  }

  const started = await backend.queue.listen({
    concurrency,
    runNext: createRunNext({
      ...{ backend, log, pool, local, cleanups, heartbeat, reserve },
      isStopping: () => stopping,
    }),
    maintenanceTasks,
  });
  listener = started;
  const onHeartbeat = logged("beat", async () => {
    if (!backend.lost.aborted) await heartbeat.send();
  });
  const onSweep = logged("sweep", sweep);
  const heartbeatTimer = setInterval(() => {
    enforce();
    void onHeartbeat();
  }, heartbeatIntervalMs);
  const sweepTimer = setInterval(onSweep, sweepIntervalMs);
  // The first heartbeat stores the queue's id of this worker, and the first sweep rescues lost jobs.
  await onHeartbeat();
  await logged("schedules", () => recomputeTimes(backend))();
  void onSweep();

  return {
    async stop() {
      stopping = true;
      local.stopAll("shutdown");
      const killTimer = setTimeout(() => local.killAll(), shutdownGraceMs);
      await started.stop();
      clearTimeout(killTimer);
      clearInterval(heartbeatTimer);
      clearInterval(sweepTimer);
      await pool.close();
      // Without the database, the sweep of another worker removes this one.
      await removeWorkers(backend, [heartbeat.workerId]).catch((error) =>
        log.warn({ err: error }, "this worker could not take itself off the list"),
      );
      unsubscribe();
    },
  };
}
