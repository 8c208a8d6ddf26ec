/** Merges sorted runs through a binary heap of their next rows. */
import { compareBytes, compareUnits } from "./byte-order.ts";
import type { RunCursor } from "./run-cursor.ts";
import type { RunRow } from "./run-row.ts";

/**
 * @param cursors opened; exhausted ones are ignored
 * @param size rows in a batch
 */
export async function* mergeCursors<Row extends RunRow>(
  cursors: readonly RunCursor<Row>[],
  size: number,
): AsyncGenerator<Row[], void, undefined> {
  const heap = cursors.filter((cursor) => cursor.row !== undefined);
  let compare = heap.some((cursor) => cursor.needsByteOrder) ? compareBytes : compareUnits;
  for (let at = heap.length >> 1; at >= 0; at--) sink(at);

  let batch: Row[] = [];
  while (heap.length > 0) {
    const first = heap[0]!;
    batch.push(first.row!);
    first.next();
    if (first.row === undefined) {
      await first.loadBlock();
      if (first.needsByteOrder) compare = compareBytes;
      if (first.row === undefined) {
        const last = heap.pop()!;
        if (last !== first) heap[0] = last;
      }
    }
    sink(0);
    if (batch.length >= size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;

  function isBefore(a: Row, b: Row): boolean {
    return (compare(a[0], b[0]) || a[1] - b[1]) < 0;
  }

  /** Restores the heap order below the cursor at this index. */
  function sink(from: number): void {
    const moved = heap[from];
    if (!moved) return;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right && isBefore(right.row!, heap[child]!.row!)) child++;
      if (isBefore(moved.row!, heap[child]!.row!)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = moved;
  }
}
