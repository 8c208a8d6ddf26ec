/** One process of the demo: started, started again some time after it was killed, and ended. */
import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { lineReader, readable, seldom } from "./lines.ts";

/** Longer than others take to notice that a worker is lost: its takeover is to be watched. */
const againAfterMs = 10_000;
/** A line that comes again within this time is left out. */
const sameLineMs = 10_000;
/** For one that does not end by itself. */
const graceMs = 15_000;

export interface Kept {
  readonly name: string;
  /** Of the process that works; undefined while it is away. */
  readonly pid: number | undefined;
  /** Whether it said that it is ready, and still runs. */
  readonly ready: boolean;
  /** Resolves when it is ready for the first time; rejects when it ends before. */
  started(): Promise<void>;
  /** Ends it by SIGTERM; resolves when it is gone. */
  stop(): Promise<void>;
}

export interface KeptOptions {
  /** "worker 2" */
  name: string;
  /** Path of a file that Node runs. */
  entry: string;
  args?: string[];
  env: NodeJS.ProcessEnv;
  /** The line that it prints once it can be used; may capture the pid of what it watches over. */
  readyLine: RegExp;
  /** Takes one line about it, or from it, for people. */
  tell: (name: string, line: string) => void;
}

export function keep({ name, entry, args = [], env, readyLine, tell }: KeptOptions): Kept {
  const started = Promise.withResolvers<void>();
  const stopping = new AbortController();
  let child: ChildProcess | undefined;
  let pid: number | undefined;
  let ready = false;
  let again = false;
  // Whoever waits for it hears of it; nobody has to.
  started.promise.catch(() => {});

  const pass = seldom((line) => tell(name, line), sameLineMs);

  function start(): Promise<void> {
    // In a group of its own, so that Ctrl-C does not end all at once but leaves the order to us.
    const mine = fork(entry, args, {
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    child = mine;
    pid = mine.pid;
    for (const stream of [mine.stdout!, mine.stderr!]) {
      stream.setEncoding("utf8").on("data", lineReader(hear));
    }
    return new Promise((resolve) => {
      mine.once("exit", (code, signal) => {
        if (!stopping.signal.aborted) {
          const how = signal ? `was ended by ${signal}` : `ended with ${code}`;
          tell(name, `pid ${pid} ${how}; starts again in ${againAfterMs / 1_000} s`);
        }
        child = undefined;
        pid = undefined;
        ready = false;
        started.reject(new Error(`${name} ended before it was ready`));
        resolve();
      });
    });
  }

  function hear(line: string): void {
    const found = ready ? null : readyLine.exec(line);
    if (found) becomeReady(Number(found[1] ?? pid));
    else pass(readable(line));
  }

  function becomeReady(ofWhatWorks: number): void {
    ready = true;
    pid = ofWhatWorks;
    if (again) tell(name, `runs again with pid ${pid}`);
    again = true;
    started.resolve();
  }

  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      await start();
      await sleep(againAfterMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  const over = keepRunning();
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
      const late = setTimeout(() => child?.kill("SIGKILL"), graceMs);
      await over;
      clearTimeout(late);
    },
  };
}
