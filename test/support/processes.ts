/** Real processes of the project, started by a test, watched, and ended by their own id. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export interface Launched {
  readonly pid: number;
  /** All that it has printed, its children's lines included. */
  output(): string;
  /** Resolves when it is gone. */
  readonly gone: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Sends a signal to this process alone. */
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL for what is still there 15 s later. */
  stop(): Promise<void>;
}

/** @param entry path of a file that Node runs, with these arguments */
export function launch(
  entry: string,
  environment: Record<string, string>,
  given: string[] = [],
): Launched {
  const child: ChildProcess = spawn(process.execPath, [entry, ...given], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed: string[] = [];
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding("utf8").on("data", (text: string) => printed.push(text));
  }
  const gone = new Promise<Awaited<Launched["gone"]>>((resolve) => {
    child.on("exit", (code, signal) => resolve({ code, signal }));
  });
  const running = () => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid!,
    gone,
    output: () => printed.join(""),
    kill: (signal) => void child.kill(signal),
    async stop() {
      if (!running()) return;
      const family = [child.pid!, ...descendantsOf(child.pid!)];
      // One that stands still hears nothing else.
      for (const pid of family) signalTo(pid, "SIGCONT");
      child.kill("SIGTERM");
      const late = setTimeout(() => {
        for (const pid of family) signalTo(pid, "SIGKILL");
      }, 15_000);
      await gone;
      clearTimeout(late);
    },
  };
}

/** Resolves when the process has printed the text; rejects with its output when it ends before. */
export async function untilPrinted(launched: Launched, text: string, ms = 30_000): Promise<void> {
  let ended = false;
  void launched.gone.then(() => {
    ended = true;
  });
  for (const until = Date.now() + ms; !launched.output().includes(text); await sleep(20)) {
    if (ended || Date.now() > until) {
      throw new Error(`"${text}" was not printed; what was: ${launched.output()}`);
    }
  }
}

/** Does nothing where the process is gone already. */
export function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Whether the process runs; one that ended and was not yet waited for does not. */
export function isAlive(pid: number): boolean {
  return listProcesses().has(pid);
}

/** The processes that this one started. */
export function childrenOf(pid: number): number[] {
  return [...listProcesses()].filter(([, parent]) => parent === pid).map(([child]) => child);
}

/** The processes that this one started, and those that they started. */
export function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Kills a process and everything that it started, at once, as a lost machine would. */
export async function killFamily(launched: Launched): Promise<void> {
  const family = [launched.pid, ...descendantsOf(launched.pid)];
  for (const pid of family) signalTo(pid, "SIGKILL");
  await launched.gone;
}

/** Every running process with its parent: from `/proc` where there is one, else from `ps`. */
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
      // The name in parentheses may hold anything; what follows it is plain.
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const [state = "", parent = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      add(pid, parent, state);
    } catch {
      // It ended while the list was read.
    }
  }
  return found;
}
