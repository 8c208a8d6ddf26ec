/** Starts a program in a process group of its own, which ends as a whole and with this process. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { unwatchGroup, watchGroup } from "./group-watchdog.ts";

/** A group that was asked to end has this long, less than a job that was asked to stop. */
const terminationGraceMs = 3_000;
const pollMs = 20;

/** The program begins only once the watchdog knows its group; file 3 ends early if this process does. */
const gate = 'read -r _ <&3 && exec "$@" 3<&-';

export interface ProgramExit {
  /** Null if a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
}

export interface ProcessGroup {
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves once the program has exited and its group is gone. */
  readonly ended: Promise<ProgramExit>;
  /** Asks all processes of the group to end (SIGTERM), and kills those that did not after 3 s. */
  stop(): void;
}

/**
 * @param options.hasInput false: the program reads from /dev/null
 * @throws if no process can be started
 */
export async function startGroup(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string>; hasInput: boolean },
): Promise<ProcessGroup> {
  const { cwd, env, hasInput } = options;
  const child: ChildProcess = spawn("/bin/sh", ["-c", gate, "sh", command, ...args], {
    ...{ cwd, env, detached: true },
    stdio: [hasInput ? "pipe" : "ignore", "pipe", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  exited.catch(() => {});
  const group = child.pid;
  // The error of the start follows.
  if (group === undefined)
    return exited.then(() => Promise.reject(new Error("No process started")));
  await watchGroup(group);
  const opening = child.stdio[3] as Writable;
  opening.on("error", () => {});
  opening.end("\n");
  let killTimer: NodeJS.Timeout | undefined;

  /** Processes that the program left behind end with it. */
  async function waitForEnd(): Promise<ProgramExit> {
    const [exitCode, signal] = await exited;
    if (signalGroup(group!, "SIGTERM")) await waitForGroup(group!);
    clearTimeout(killTimer);
    unwatchGroup(group!);
    return { exitCode, signal };
  }

  return {
    stdin: child.stdin,
    stdout: child.stdout!,
    stderr: child.stderr!,
    ended: waitForEnd(),
    stop() {
      if (killTimer) return;
      killTimer = setTimeout(() => signalGroup(group, "SIGKILL"), terminationGraceMs);
      signalGroup(group, "SIGTERM");
      // A suspended process takes the signal only once it goes on.
      signalGroup(group, "SIGCONT");
    },
  };
}

async function waitForGroup(group: number): Promise<void> {
  for (const until = performance.now() + terminationGraceMs; performance.now() < until; ) {
    await sleep(pollMs);
    if (!signalGroup(group, 0)) return;
  }
  signalGroup(group, "SIGKILL");
}

/** @returns false if the group has no process left */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    // Some of its processes belong to another user.
    if ((error as NodeJS.ErrnoException).code === "EPERM") return true;
    throw error;
  }
}
