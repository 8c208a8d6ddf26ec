/** A worker process as the child of the web: started, started again, and taken over from. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Backend } from "./backend/backend.ts";
import { type Config, withSettings } from "./config.ts";
import { removeWorkers, rescueOrphans } from "./engine/worker/sweep.ts";
import type { Log } from "./log.ts";

const entry = join(import.meta.dirname, "worker.ts");
const againAfterMs = 500;
/** One that ends before it has begun to work is tried less and less often. */
const longestWaitMs = 30_000;

export interface WorkerChild {
  stop(): Promise<void>;
}

export function keepWorker({
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
  let gone = Promise.resolve();
  let waitMs = againAfterMs;

  function start(): void {
    if (stopping) return;
    let workerId: string | undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    gone = promise;

    function ended(how: object): void {
      resolve();
      if (stopping) return;
      log.error(how, "the worker is gone; starting another");
      waitMs = workerId ? againAfterMs : Math.min(waitMs * 2, longestWaitMs);
      setTimeout(start, waitMs);
      // Its end is certain here, so its jobs need not wait for its beat to be missed.
      if (workerId) void takeOver(workerId);
    }

    try {
      child = startProcess();
    } catch (error) {
      ended({ err: error });
      return;
    }
    const { pid } = child;
    child.on("message", (message: { worker?: string }) => {
      workerId = message.worker ?? workerId;
    });
    // One that could not be started has no exit; one that was told something too late has one, too.
    child.on("error", (error) => {
      if (pid === undefined) ended({ err: error });
    });
    child.on("exit", (code, signal) => ended({ code, signal }));
  }

  /** @throws where the system has no memory for it; where it has no room for it, that is an event */
  function startProcess(): ChildProcess {
    return fork(entry, {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: withSettings(ownSettings(config)),
    });
  }

  async function takeOver(workerId: string): Promise<void> {
    try {
      await removeWorkers(backend, [workerId]);
      await rescueOrphans(backend);
    } catch (error) {
      log.warn({ err: error }, "the lost worker's jobs are left to the sweep");
    }
  }

  start();
  return {
    async stop() {
      stopping = true;
      child?.kill("SIGTERM");
      await gone;
    },
  };
}

/** Figures are served by each process on a port of its own. */
function ownSettings({ metricsPort }: Config): Record<string, string> {
  return metricsPort === null ? {} : { METRICS_PORT: String(metricsPort + 1) };
}
