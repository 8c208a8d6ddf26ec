import { setTimeout as sleep } from "node:timers/promises";
import { isDatabaseInUse } from "../backend/open.ts";

/** A server notices within this time that a command which was killed has left. */
const maxWaitMs = 5_000;
const retryMs = 250;

/**
 * @param url see `openBackend`. This process must not have opened it
 * @throws an error that says what to stop
 */
export async function refuseWhileUsed(url: string): Promise<void> {
  const deadline = performance.now() + maxWaitMs;
  while (await isDatabaseInUse(url)) {
    if (performance.now() > deadline) {
      throw new Error(
        "Headway is running on this database. Stop all of its web and worker processes first",
      );
    }
    await sleep(retryMs);
  }
}
