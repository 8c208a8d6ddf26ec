import type { Scratch } from "../../server/job.ts";
import { BLOCK, mergeRuns } from "./sorted-runs.ts";

/**
 * Makes one sorted run of several, so that the last merge has few to hold.
 * @param signal ends it between two blocks
 */
export async function joinRuns(
  scratch: Scratch,
  names: readonly string[],
  joined: string,
  signal: AbortSignal,
): Promise<void> {
  await scratch.write(joined, blocks());

  async function* blocks() {
    for await (const rows of mergeRuns(scratch, names, { size: BLOCK })) {
      signal.throwIfAborted();
      yield Buffer.from(`${JSON.stringify(rows)}\n`);
    }
  }
}
