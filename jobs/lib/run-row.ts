/** What `sorted-runs.ts` sorts: the key, a number that is unique within the key, and what belongs to them. */
export type RunRow = readonly [key: string, order: number, ...values: (string | null)[]];

/** A place between two rows: behind the row with this key and number. */
export interface After {
  key: string;
  order: number;
}
