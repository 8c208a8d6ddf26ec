/** One runner as its supervisor sees it: a child process, the jobs in it, and how it answers. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { JobRow } from "../../backend/schema.ts";
import type { RecordMetric } from "../job-lifecycle.ts";
import type { StopReason } from "../run/run.ts";
import type { FromRunner, Task, ToRunner } from "./runner-messages.ts";

/**
 * Streams of rows make garbage: a small nursery, and collecting the rest when it is four fifths of
 * what is in use, hold a runner to a third of the memory, for some hundredths of its speed.
 */
const memory = ["--max-semi-space-size=4", "--heap-growing-percent=80"];
const entry = join(import.meta.dirname, "../../runner.ts");

/** What a process may take to start on a busy machine, before its silence is counted. */
const startMs = 30_000;

/** How a job left its runner: by the end of its task, or with the process. */
export type RunnerExit = { how: "ended"; job: JobRow | undefined } | { how: "lost" };

export interface RunnerProcess {
  readonly pid: number;
  readonly jobs: ReadonlyMap<string, JobRow>;
  /** The job that has this process for itself. */
  alone: string | undefined;
  /** When it answered last, on this process's own clock; ahead of it until the first time. */
  answeredAt: number;
  /** Resolves once the process is gone. */
  readonly gone: Promise<void>;
  run(row: JobRow, task: Task): Promise<RunnerExit>;
  stop(id: string, why: StopReason): void;
  ping(): void;
  /** Lets it end by itself once it has no jobs. */
  quit(): void;
  kill(): void;
}

/** @param observe is told what the runner observed */
export function startRunner(observe: RecordMetric): RunnerProcess {
  const child: ChildProcess = fork(entry, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: [...process.execArgv, ...memory],
  });
  const jobs = new Map<string, JobRow>();
  const pendingExits = new Map<string, (left: RunnerExit) => void>();
  const gone = Promise.withResolvers<void>();

  function send(message: ToRunner): void {
    // A process that just ended cannot be written to; its exit tells the rest.
    if (child.connected) child.send(message, () => {});
  }

  function resolveExit(id: string, left: RunnerExit): void {
    jobs.delete(id);
    pendingExits.get(id)?.(left);
    pendingExits.delete(id);
  }

  const runner: RunnerProcess = {
    pid: child.pid ?? 0,
    jobs,
    alone: undefined,
    answeredAt: performance.now() + startMs,
    gone: gone.promise,
    run(row, task) {
      jobs.set(row.id, row);
      const { promise, resolve } = Promise.withResolvers<RunnerExit>();
      pendingExits.set(row.id, resolve);
      send({ type: task, row });
      return promise;
    },
    stop: (id, why) => send({ type: "stop", id, why }),
    ping: () => send({ type: "ping" }),
    quit: () => send({ type: "quit" }),
    kill: () => void child.kill("SIGKILL"),
  };

  child.on("message", (message: FromRunner) => {
    runner.answeredAt = performance.now();
    if (message.type === "ended") resolveExit(message.id, { how: "ended", job: message.job });
    if (message.type === "observed") observe(message.observed);
  });
  const end = () => {
    for (const id of [...jobs.keys()]) resolveExit(id, { how: "lost" });
    gone.resolve();
  };
  child.on("exit", end);
  child.on("error", end);
  return runner;
}
