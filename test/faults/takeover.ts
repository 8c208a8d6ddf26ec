/** Kills the processes that run a job at random times, and measures how soon the job runs again. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { Scene } from "../support/scene/processes.ts";

/** The longest wait for the next run, ms: a takeover takes five to seven seconds on a free machine. */
const maxTakeoverMs = 30_000;

/** Resolves at a random time after this run has saved a checkpoint. */
export async function waitForCheckpoint(scene: Scene, id: string): Promise<void> {
  const { checkpoint } = await scene.job(id);
  await scene.until(id, (row) => row.status === "running" && row.checkpoint !== checkpoint);
  await sleep(Math.random() * 60);
}

/** @returns the time from the kill to the next run, ms */
export async function measureTakeover(
  scene: Scene,
  id: string,
  kill: () => unknown,
): Promise<number> {
  const { fence, status } = await scene.job(id);
  expect(status).toBe("running");
  const at = performance.now();
  await kill();
  await scene.until(id, (row) => row.fence > fence && row.status === "running", maxTakeoverMs);
  return performance.now() - at;
}

export function formatTakeovers(waits: number[]): string {
  const sorted = waits.map(Math.round).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return `Running again after ${median} ms (median), ${sorted.at(-1)} ms at most`;
}
