/** A row of a sorted run: the key, a number that is unique within the key, and the values. */
export type RunRow = readonly [key: string, order: number, ...values: (string | null)[]];

/** The position directly after the row with this key and number. */
export interface RunPosition {
  key: string;
  order: number;
}
