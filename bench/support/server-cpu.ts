import { readdirSync, readFileSync } from "node:fs";

/** Linux counts processor time in these, whatever the machine (`getconf CLK_TCK`). */
const msPerTick = 10;

/**
 * Processor time, user and system, that a Postgres server has used since it started, in all of its
 * processes; ms.
 * @param pid of its first process
 * @throws where there is no /proc, or no such process
 */
export function serverCpu(pid: number): number {
  // What a child used becomes its parent's once it has ended.
  const first = statOf(pid);
  if (!first) throw new Error(`Nothing is known of process ${pid}`);
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
