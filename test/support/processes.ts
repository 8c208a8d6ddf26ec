/** Starts processes of the project for tests, reads their output, and ends them by their ids. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { compileCacheDir } from "../../server/config.ts";

const root = join(import.meta.dirname, "../..");

export interface Launched {
  readonly pid: number;
  /** The whole output, including that of its children. */
  output(): string;
  /** Resolves when the process has exited. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Sends a signal to this process alone. */
  kill(signal: NodeJS.Signals): void;
  /** Sends SIGTERM, and after 15 s SIGKILL to the process and its descendants. */
  stop(): Promise<void>;
}

const launched = new Set<Launched>();

/**
 * Stops what this test file launched. A test that times out while a process starts has no handle of
 * it, and a process that is left behind slows down every test after it.
 */
export async function stopLaunched(): Promise<void> {
  await Promise.all([...launched].map((each) => each.stop()));
}

/** @param entry path of a file that Node runs. @param args its arguments */
export function launch(
  entry: string,
  environment: Record<string, string>,
  args: string[] = [],
): Launched {
  return launchCommand([process.execPath, entry, ...args], environment);
}

/** @param command a program and its arguments */
export function launchCommand(
  [program, ...args]: [string, ...string[]],
  environment: Record<string, string>,
): Launched {
  const child: ChildProcess = spawn(program, args, {
    cwd: root,
    env: { ...process.env, NODE_COMPILE_CACHE: compileCacheDir, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed: string[] = [];
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding("utf8").on("data", (text: string) => printed.push(text));
  }
  const exited = new Promise<Awaited<Launched["exited"]>>((resolve) => {
    child.on("exit", (code, signal) => resolve({ code, signal }));
  });
  const running = () => child.exitCode === null && child.signalCode === null;
  const self: Launched = {
    pid: child.pid!,
    exited,
    output: () => printed.join(""),
    kill: (signal) => void child.kill(signal),
    async stop() {
      if (!running()) return;
      const family = [child.pid!, ...descendantsOf(child.pid!)];
      // A frozen process receives no other signal.
      for (const pid of family) signalTo(pid, "SIGCONT");
      child.kill("SIGTERM");
      const timeout = setTimeout(() => {
        for (const pid of family) signalTo(pid, "SIGKILL");
      }, 15_000);
      await exited;
      clearTimeout(timeout);
    },
  };
  launched.add(self);
  void exited.then(() => launched.delete(self));
  return self;
}

/** Waits until the process has printed the text. @throws with its output if it exits or `ms` pass before */
export async function untilPrinted(launched: Launched, text: string, ms = 120_000): Promise<void> {
  let ended = false;
  void launched.exited.then(() => {
    ended = true;
  });
  for (const until = Date.now() + ms; !launched.output().includes(text); await sleep(20)) {
    if (ended || Date.now() > until) {
      throw new Error(`"${text}" is missing in the output: ${launched.output()}`);
    }
  }
}

/** Sends a signal. Ignores a process that has exited already. */
export function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Whether the process runs. A zombie does not. */
export function isAlive(pid: number): boolean {
  return listProcesses().has(pid);
}

/** The ids of the child processes. */
export function childrenOf(pid: number): number[] {
  return [...listProcesses()].filter(([, parent]) => parent === pid).map(([child]) => child);
}

/** The ids of the children and their descendants. */
export function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Kills a process and its descendants at once, as the loss of its machine does. */
export async function killFamily(launched: Launched): Promise<void> {
  const family = [launched.pid, ...descendantsOf(launched.pid)];
  for (const pid of family) signalTo(pid, "SIGKILL");
  await launched.exited;
}

/** Reads the ids of all running processes and their parents from `/proc`, or from `ps` without it. */
function listProcesses(): Map<number, number> {
  const found = new Map<number, number>();
  const add = (pid: string, parent: string, state: string) => {
    if (!state.startsWith("Z")) found.set(Number(pid), Number(parent));
  };
  if (!existsSync("/proc/self/stat")) {
    const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat="], { encoding: "utf8" });
    for (const line of lines.trim().split("\n")) {
      const [pid = "", parent = "", state = ""] = line.trim().split(/\s+/);
      add(pid, parent, state);
    }
    return found;
  }
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      // The name in parentheses may contain any character, the fields behind it none of them.
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const [state = "", parent = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      add(pid, parent, state);
    } catch {
      // The process exited meanwhile.
    }
  }
  return found;
}
