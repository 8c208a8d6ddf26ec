/** The numbers and labels of the first rows that were rejected for a reason, as JSON in `first_rows`. */

/** A row without a label is its number alone. */
type StoredRow = number | readonly [number, string];

export interface RejectedRow {
  /** Its number in the input. */
  row: number;
  /** The text by which people know it, such as an email address; or empty. */
  label: string;
}

export function storedRow({ row, label }: RejectedRow): StoredRow {
  return label === "" ? row : [row, label];
}

/** @param firstRows the column of the database */
export function parseRejectedRows(firstRows: string): RejectedRow[] {
  return (JSON.parse(firstRows) as StoredRow[]).map((stored) =>
    typeof stored === "number" ? { row: stored, label: "" } : { row: stored[0], label: stored[1] },
  );
}
