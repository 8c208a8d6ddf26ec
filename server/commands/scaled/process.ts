/** Runs one process of the demo and restarts it some time after it was killed. */
import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { formatLogLine, skipRepeated, splitLines } from "./log-lines.ts";

/** Longer than it takes to rescue the jobs of a lost worker, so that the rescue can be watched. */
const restartAfterMs = 10_000;
/** A repeated line is not printed again within this time. */
const repeatedLineMs = 10_000;
/** A process that ignores SIGTERM is killed after this time. */
const killAfterMs = 15_000;

export interface SupervisedProcess {
  readonly name: string;
  /** Undefined while the process is not running. */
  readonly pid: number | undefined;
  /** Whether the process has printed its ready line and still runs. */
  readonly ready: boolean;
  /** Resolves when the process is ready for the first time; rejects when it exits before. */
  started(): Promise<void>;
  /** Sends SIGTERM; resolves when the process has exited. */
  stop(): Promise<void>;
}

export interface ProcessOptions {
  /** "worker 2" */
  name: string;
  /** Path of a file that Node runs. */
  entry: string;
  args?: string[];
  env: NodeJS.ProcessEnv;
  /** Matches the line that the process prints when it is ready; may capture the pid of a child. */
  readyLine: RegExp;
  print: (name: string, line: string) => void;
}

export function startProcess({
  name,
  entry,
  args = [],
  env,
  readyLine,
  print,
}: ProcessOptions): SupervisedProcess {
  const started = Promise.withResolvers<void>();
  const stopping = new AbortController();
  let child: ChildProcess | undefined;
  let pid: number | undefined;
  let ready = false;
  let hasStarted = false;
  // Prevents an unhandled rejection where nobody awaits `started`.
  started.promise.catch(() => {});

  const printOnce = skipRepeated((line) => print(name, line), repeatedLineMs);

  function start(): Promise<void> {
    // In a separate process group, so that Ctrl-C does not reach it and `stop` controls the order.
    const running = fork(entry, args, {
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    child = running;
    pid = running.pid;
    for (const stream of [running.stdout!, running.stderr!]) {
      stream.setEncoding("utf8").on("data", splitLines(readLine));
    }
    return new Promise((resolve) => {
      running.once("exit", (code, signal) => {
        if (!stopping.signal.aborted) {
          const how = signal ? `was killed by ${signal}` : `exited with ${code}`;
          print(name, `pid ${pid} ${how}; restarting in ${restartAfterMs / 1_000} s`);
        }
        child = undefined;
        pid = undefined;
        ready = false;
        started.reject(new Error(`${name} exited before it was ready`));
        resolve();
      });
    });
  }

  function readLine(line: string): void {
    const found = ready ? null : readyLine.exec(line);
    if (found) onReady(Number(found[1] ?? pid));
    else printOnce(formatLogLine(line));
  }

  function onReady(readyPid: number): void {
    ready = true;
    pid = readyPid;
    if (hasStarted) print(name, `restarted with pid ${pid}`);
    hasStarted = true;
    started.resolve();
  }

  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      await start();
      await sleep(restartAfterMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  const finished = keepRunning();
  return {
    name,
    get pid() {
      return pid;
    },
    get ready() {
      return ready;
    },
    started: () => started.promise,
    async stop() {
      stopping.abort();
      child?.kill("SIGTERM");
      const timer = setTimeout(() => child?.kill("SIGKILL"), killAfterMs);
      await finished;
      clearTimeout(timer);
    },
  };
}
