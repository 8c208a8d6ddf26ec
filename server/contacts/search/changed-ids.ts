/** The contacts of recorded batches of jobs. */

/** @param change the columns of `contact_changes` @returns what the batch created and updated */
export function changedIds({ created, updated }: { created: string; updated: string }): number[] {
  const ranges: [number, number][] = JSON.parse(created);
  const changed: [number, unknown][] = JSON.parse(updated);
  return [
    ...ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, at) => from + at)),
    ...changed.map(([id]) => id),
  ];
}
