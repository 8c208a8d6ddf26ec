/** The threads of a web process that preview files. They are started when needed, and end when idle. */
import { join } from "node:path";
import { Worker } from "node:worker_threads";

const maxThreads = 2;
/** A thread takes half a second to load a kind, and some 40 MB. */
const idleMs = 60_000;
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };

export interface ThreadPool {
  /**
   * Waits for a thread. Each person gets one at a time, so that nobody occupies all of them.
   * @throws the reason of the signal
   */
  acquire(personId: string, signal: AbortSignal): Promise<Worker>;
  /** @param isLost the thread is ended instead of used again */
  release(personId: string, thread: Worker, isLost: boolean): void;
}

interface Waiting {
  personId: string;
  start(thread: Worker): void;
}

export function createThreadPool(): ThreadPool {
  const idle = new Map<Worker, NodeJS.Timeout>();
  const busy = new Set<string>();
  const waiting: Waiting[] = [];

  function startWaiting(): void {
    while (busy.size < maxThreads) {
      const at = waiting.findIndex(({ personId }) => !busy.has(personId));
      if (at === -1) return;
      const [next] = waiting.splice(at, 1);
      busy.add(next!.personId);
      next!.start(takeIdle() ?? startThread());
    }
  }

  function takeIdle(): Worker | undefined {
    for (const [thread, timer] of idle) {
      clearTimeout(timer);
      idle.delete(thread);
      return thread;
    }
    return undefined;
  }

  function end(thread: Worker): void {
    idle.delete(thread);
    // Without a listener, an error of a thread that ends would end the process.
    thread.on("error", () => {});
    void thread.terminate();
  }

  return {
    acquire(personId, signal) {
      return new Promise((resolve, reject) => {
        const entry = { personId, start };
        function start(thread: Worker): void {
          signal.removeEventListener("abort", leave);
          resolve(thread);
        }
        function leave(): void {
          const at = waiting.indexOf(entry);
          if (at !== -1) waiting.splice(at, 1);
          reject(signal.reason);
        }
        if (signal.aborted) return reject(signal.reason);
        signal.addEventListener("abort", leave);
        waiting.push(entry);
        startWaiting();
      });
    },
    release(personId, thread, isLost) {
      busy.delete(personId);
      if (isLost) end(thread);
      else idle.set(thread, setTimeout(end, idleMs, thread).unref());
      startWaiting();
    },
  };
}

function startThread(): Worker {
  const thread = new Worker(join(import.meta.dirname, "preview-thread.ts"), {
    env: {},
    execArgv: [],
    resourceLimits,
  });
  // It must not keep the process alive.
  thread.unref();
  return thread;
}
