/** Starts a runner process and exchanges messages with it. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { JobRow } from "../../backend/schema.ts";
import type { RecordMetric } from "../job-lifecycle.ts";
import type { StopReason } from "../run/run.ts";
import type { FromRunner, Task, ToRunner } from "./runner-messages.ts";
import type { RunnerStartTimeout } from "./runner-start-timeout.ts";

/**
 * Streams of rows create much garbage. A small young generation, and a heap that grows by 80 % at
 * most before a collection, reduce the memory of a runner to a third for a few percent of its speed.
 */
const memoryFlags = ["--max-semi-space-size=8", "--heap-growing-percent=80"];
const entry = join(import.meta.dirname, "../../runner.ts");

/** A process with shared jobs that does not answer a ping for this long hangs. */
const maxSilenceMs = 10_000;

/** The end of a task in a runner: it ended itself, or the process exited. */
export type RunnerExit =
  | { how: "ended"; job: JobRow | undefined }
  /** `hasBegun`: the kind's own code was called. */
  | { how: "lost"; hasBegun: boolean };

export interface RunnerProcess {
  readonly pid: number;
  readonly jobs: ReadonlyMap<string, JobRow>;
  /** The id of the job that has this process for itself. */
  alone: string | undefined;
  /** Whether the process takes too long to start, or to answer a ping. */
  readonly isSilent: boolean;
  /** Resolves once the process takes tasks, or is gone. */
  readonly started: Promise<void>;
  /** Resolves once the process is gone. */
  readonly gone: Promise<void>;
  run(row: JobRow, task: Task): Promise<RunnerExit>;
  stop(id: string, reason: StopReason): void;
  /** Asks the job to give back its slot at its next checkpoint. */
  requestRoom(id: string): void;
  ping(): void;
  /** Asks the process to exit once it has no jobs. */
  quit(): void;
  kill(): void;
}

export function startRunner(options: {
  /** Called with the metrics that the runner sends. */
  recordMetric: RecordMetric;
  /** Called with jobs that save checkpoints shortly after each other. */
  onYielding: (row: JobRow) => void;
  /** Called before a job only sleeps for so many ms. */
  onIdle: (id: string, ms: number) => void;
  startTimeout: RunnerStartTimeout;
}): RunnerProcess {
  const { recordMetric, onYielding, onIdle, startTimeout } = options;
  const startedAt = performance.now();
  const maxStartMs = startTimeout.ms;
  /** Time of the last answer, on the clock of `performance.now()`. */
  let answeredAt: number | undefined;
  const child: ChildProcess = fork(entry, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: [...process.execArgv, ...memoryFlags],
  });
  const jobs = new Map<string, JobRow>();
  const begun = new Set<string>();
  const pendingExits = new Map<string, (exit: RunnerExit) => void>();
  const started = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();

  function send(message: ToRunner): void {
    // Ignores errors: if the process has exited, "exit" follows.
    if (child.connected) child.send(message, () => {});
  }

  function resolveExit(id: string, exit: RunnerExit): void {
    jobs.delete(id);
    begun.delete(id);
    pendingExits.get(id)?.(exit);
    pendingExits.delete(id);
  }

  const runner: RunnerProcess = {
    pid: child.pid ?? 0,
    jobs,
    alone: undefined,
    get isSilent() {
      const now = performance.now();
      return answeredAt === undefined
        ? now - startedAt > maxStartMs
        : now - answeredAt > maxSilenceMs;
    },
    started: started.promise,
    gone: gone.promise,
    run(row, task) {
      jobs.set(row.id, row);
      const { promise, resolve } = Promise.withResolvers<RunnerExit>();
      pendingExits.set(row.id, resolve);
      send({ type: task, row });
      return promise;
    },
    stop: (id, reason) => send({ type: "stop", id, reason }),
    requestRoom: (id) => send({ type: "request_room", id }),
    ping: () => send({ type: "ping" }),
    quit: () => send({ type: "quit" }),
    kill() {
      if (answeredAt === undefined && runner.isSilent) startTimeout.onTimeout(maxStartMs);
      child.kill("SIGKILL");
    },
  };

  child.on("message", (message: FromRunner) => {
    answeredAt = performance.now();
    if (message.type === "ready") {
      startTimeout.onStarted(answeredAt - startedAt);
      started.resolve();
    }
    if (message.type === "begun") begun.add(message.id);
    if (message.type === "ended") resolveExit(message.id, { how: "ended", job: message.job });
    if (message.type === "idle") onIdle(message.id, message.ms);
    if (message.type === "metric") recordMetric(message.metric);
    if (message.type === "yielding") {
      const row = jobs.get(message.id);
      if (row) onYielding(row);
    }
  });
  const onExit = () => {
    for (const id of [...jobs.keys()]) {
      resolveExit(id, { how: "lost", hasBegun: begun.has(id) });
    }
    started.resolve();
    gone.resolve();
  };
  child.on("exit", onExit);
  child.on("error", onExit);
  return runner;
}
