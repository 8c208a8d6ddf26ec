/** Runs a worker as a child of the web process, and restarts it when it exits. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Backend } from "./backend/backend.ts";
import { type Config, environmentWith } from "./config.ts";
import { removeWorkers, rescueOrphans } from "./engine/worker/sweep.ts";
import type { Log } from "./log.ts";

const entry = join(import.meta.dirname, "worker.ts");
const restartDelayMs = 500;
/** The worker ends itself within 10 s. One that is suspended or blocks its event loop does not. */
const maxStopMs = 15_000;
/** Limit of the delay, which doubles each time a worker exits before it has registered. */
const maxRestartDelayMs = 30_000;

export interface WorkerChild {
  /** Replaces the worker by a new one, once it has given back its jobs. */
  restart(): void;
  /** Asks the worker to stop, and kills it if it has not exited after 15 s. */
  stop(): Promise<void>;
}

export function startWorkerChild({
  backend,
  config,
  log,
}: {
  backend: Backend;
  config: Config;
  log: Log;
}): WorkerChild {
  let child: ChildProcess | undefined;
  let stopping = false;
  let restarting = false;
  let exited = Promise.resolve();
  let delayMs = restartDelayMs;

  function start(): void {
    if (stopping) return;
    let workerId: string | undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    exited = promise;

    function onExit(details: object): void {
      resolve();
      if (stopping) return;
      if (restarting) {
        restarting = false;
        start();
        return;
      }
      log.error(details, "the worker exited; starting another");
      delayMs = workerId ? restartDelayMs : Math.min(delayMs * 2, maxRestartDelayMs);
      setTimeout(start, delayMs);
      // Without this, the jobs would wait until a sweep notices the missing heartbeats.
      if (workerId) void rescueJobs(workerId);
    }

    try {
      child = startProcess();
    } catch (error) {
      onExit({ err: error });
      return;
    }
    const { pid } = child;
    child.on("message", (message: { worker?: string }) => {
      workerId = message.worker ?? workerId;
    });
    // A process that failed to start emits no "exit". After other errors "exit" follows.
    child.on("error", (error) => {
      if (pid === undefined) onExit({ err: error });
    });
    child.on("exit", (code, signal) => onExit({ code, signal }));
  }

  /** @throws if the system is out of memory; other failures to start emit "error" */
  function startProcess(): ChildProcess {
    return fork(entry, {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: environmentWith(workerSettings(config)),
    });
  }

  async function rescueJobs(workerId: string): Promise<void> {
    try {
      await removeWorkers(backend, [workerId]);
      await rescueOrphans(backend);
    } catch (error) {
      log.warn({ err: error }, "the jobs of the lost worker are left to the sweep");
    }
  }

  async function endProcess(): Promise<void> {
    const ending = child;
    ending?.kill("SIGTERM");
    const killTimer = setTimeout(() => ending?.kill("SIGKILL"), maxStopMs);
    await exited;
    clearTimeout(killTimer);
  }

  start();
  return {
    restart() {
      // One that is about to start loads the new code anyway.
      const isRunning = child?.exitCode === null && child.signalCode === null;
      if (!isRunning || restarting) return;
      restarting = true;
      void endProcess();
    },
    stop() {
      stopping = true;
      return endProcess();
    },
  };
}

/** The worker serves its metrics on the port after that of the web process. */
function workerSettings({ metricsPort }: Config): Record<string, string> {
  return metricsPort === null ? {} : { METRICS_PORT: String(metricsPort + 1) };
}
