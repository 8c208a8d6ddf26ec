import type { Scratch } from "../../../server/job.ts";
import { rowsPerBlock } from "./run-builder.ts";
import { mergeRuns } from "./sorted-runs.ts";

/**
 * Merges several sorted runs into one, so that the final merge has few runs open.
 * @param signal stops the merge between two blocks
 */
export async function joinRuns(
  scratch: Pick<Scratch, "read" | "write">,
  names: readonly string[],
  joined: string,
  signal: AbortSignal,
): Promise<void> {
  await scratch.write(joined, joinedBlocks(scratch, names, signal));
}

/** Yields the bytes of the run that has the rows of all these runs. */
export async function* joinedBlocks(
  scratch: Pick<Scratch, "read" | "write">,
  names: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const rows of mergeRuns(scratch, names, { size: rowsPerBlock })) {
    signal.throwIfAborted();
    yield Buffer.from(`${JSON.stringify(rows)}\n`);
  }
}
