/** Reads processes from /proc, or from `ps` where there is no /proc. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** The ids of the descendants of a process that run a file. */
export function descendants(pid: number, file: string): number[] {
  const lines = ps("pid=,ppid=,args=", "-A");
  const all = lines.map((line) => {
    const [, id, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return { id: Number(id), parent: Number(parent), args: args ?? "" };
  });
  const below = new Set([pid]);
  for (let before = 0; before < below.size; ) {
    before = below.size;
    for (const { id, parent } of all) if (below.has(parent)) below.add(id);
  }
  return all.filter(({ id, args }) => below.has(id) && args.includes(file)).map(({ id }) => id);
}

/** The resident memory, bytes; 0 for a process that has exited. */
export function memoryOf(pid: number): number {
  return statusOf(pid, "VmRSS") ?? Number(ps("rss=", "-p", String(pid))[0] ?? 0) * 1024;
}

/** The peak resident memory, bytes; the current one where the system does not record the peak. */
export function peakMemoryOf(pid: number): number {
  return statusOf(pid, "VmHWM") ?? memoryOf(pid);
}

function statusOf(pid: number, name: string): number | undefined {
  if (!existsSync("/proc/self/status")) return undefined;
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function ps(columns: string, ...which: string[]): string[] {
  try {
    const output = execFileSync("ps", ["-o", columns, ...which], { encoding: "utf8" });
    return output.split("\n").filter(Boolean);
  } catch {
    return [];
  }
}
