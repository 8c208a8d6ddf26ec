import { readdirSync, readFileSync } from "node:fs";

/** The unit of CPU time in /proc (`getconf CLK_TCK` is 100 on Linux). */
const msPerTick = 10;

/**
 * The CPU time, user and system, of a process and its direct children since the start, ms. Postgres has
 * one process for each connection.
 * @param pid the main process
 * @throws if there is no /proc or no such process
 */
export function processCpu(pid: number): number {
  // The time of an exited child is added to its parent's.
  const first = statOf(pid);
  if (!first) throw new Error(`There is no process ${pid}`);
  let ticks = first.withEnded;
  for (const entry of readdirSync("/proc")) {
    const stat = /^\d+$/.test(entry) ? statOf(Number(entry)) : undefined;
    if (stat?.parent === pid) ticks += stat.own;
  }
  return ticks * msPerTick;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function statOf(pid: number) {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The name, in brackets, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => Number(fields[number - 3]);
  const own = field(14) + field(15);
  return { parent: field(4), own, withEnded: own + field(16) + field(17) };
}
