import type { JobContext } from "../../server/job.ts";

/** A sleep of 10 s or more would give back the slot. */
const maxSleepMs = 5_000;

/** Sleeps in its slot for as long as it takes. */
export async function holdSlot(job: Pick<JobContext, "sleep">, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= maxSleepMs) await job.sleep(Math.min(left, maxSleepMs));
}
