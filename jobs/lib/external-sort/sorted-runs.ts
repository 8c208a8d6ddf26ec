/**
 * An external merge sort (https://en.wikipedia.org/wiki/External_sorting): rows that do not fit into
 * memory are written as sorted runs, then merged in the order of the database's index, because
 * inserting in index order is many times faster than in random order.
 *
 * Rows are ordered by key, as UTF-8 bytes (`byte-order.ts`), then by number. A run is a file of
 * blocks, one per line, each a JSON array of rows: the runtime reads and writes JSON fastest.
 */
import type { Scratch } from "../../../server/job.ts";
import { mergeCursors } from "./merge-cursors.ts";
import { RunCursor } from "./run-cursor.ts";
import type { RunPosition, RunRow } from "./run-row.ts";

/**
 * Yields all rows of all runs in order. Holds one block and one chunk of the file for each run.
 * @param options.from position to continue from; default the first row
 * @param options.size rows in a batch
 */
export async function* mergeRuns<Row extends RunRow = RunRow>(
  scratch: Pick<Scratch, "read">,
  names: readonly string[],
  { from, size = 1000 }: { from?: RunPosition; size?: number } = {},
): AsyncGenerator<Row[], void, undefined> {
  const cursors = names.map((name) => new RunCursor<Row>(scratch.read(name)));
  try {
    await Promise.all(cursors.map((cursor) => cursor.open(from)));
    yield* mergeCursors(cursors, size);
  } finally {
    await Promise.all(cursors.map((cursor) => cursor.close()));
  }
}
