/**
 * The demo's Postgres, in a process of its own: Ctrl-C in the terminal reaches everything that was
 * started from it, and a database has to outlive those who still write to it. It ends with its
 * parent, so that nothing is left running when that one is killed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { startCluster } from "./cluster.ts";

const lookMs = 500;
const [dir = "", port = ""] = process.argv.slice(2);

process.on("disconnect", stop);
process.on("SIGTERM", stop);

const cluster = await startCluster({ dir, port: Number(port), keep: true }).catch(
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
console.log("Postgres ready, its pid is", cluster.pid);
if (process.send && !process.connected) await stop();

while (isAlive(cluster.pid)) await sleep(lookMs);
// Its parent starts it anew.
process.exit(1);

async function stop(): Promise<void> {
  await cluster?.stop();
  process.exit(0);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
