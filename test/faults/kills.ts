/** Killing what runs a job, at any moment, and measuring how soon it runs again. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { Scene } from "./scene.ts";

/** From the kill to the job running again, at most, ms. */
export const limit = 8_000;

/** In or between two batches, but behind a checkpoint of this run. */
export async function atAnyMoment(scene: Scene, id: string): Promise<void> {
  const { checkpoint } = await scene.job(id);
  await scene.until(id, (row) => row.status === "running" && row.checkpoint !== checkpoint);
  await sleep(Math.random() * 60);
}

/** @returns ms from the kill to the next run */
export async function untilAgain(scene: Scene, id: string, kill: () => unknown): Promise<number> {
  const { fence, status } = await scene.job(id);
  expect(status).toBe("running");
  const at = performance.now();
  await kill();
  await scene.until(id, (row) => row.fence > fence && row.status === "running");
  return performance.now() - at;
}

export function told(waits: number[]): string {
  const sorted = waits.map(Math.round).sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return `Running again after ${middle} ms in the middle, ${sorted.at(-1)} ms at most`;
}
