/**
 * Finds the columns in which all rows have the same value (an account, a time), which a statement of many
 * rows then takes once.
 */
export function sharedColumns(rows: readonly unknown[][], columns: readonly string[]): boolean[] {
  return columns.map((_, at) => {
    const value = rows[0]![at];
    return rows.every((row) => row[at] === value);
  });
}
