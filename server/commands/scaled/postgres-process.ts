/**
 * Runs the demo's Postgres in a separate process: Ctrl-C reaches every process of the terminal's group,
 * and the database has to outlive the processes that still write to it. Exits with its parent, so that
 * nothing is left running when the parent is killed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { startCluster } from "./postgres-cluster.ts";

const pollMs = 500;
const [dir = "", port = ""] = process.argv.slice(2);

process.on("disconnect", stop);
process.on("SIGTERM", stop);

const cluster = await startCluster({ dir, port: Number(port), persistent: true }).catch(
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
console.log("Postgres ready, its pid is", cluster.pid);
if (process.send && !process.connected) await stop();

while (isAlive(cluster.pid)) await sleep(pollMs);
// The parent restarts this process.
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
