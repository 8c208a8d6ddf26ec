/**
 * Escapes cells that a spreadsheet would run as a formula, and restores them when they are imported.
 *
 * A cell that starts with = + - @, tab, CR or LF, or with a full-width = + - @, gets a leading
 * apostrophe (OWASP, "CSV Injection"). A sign followed only by digits, blanks, dots and commas is a
 * number or a phone number, cannot run, and stays as it is: -12.5, +49 170 1234567. A cell of this
 * shape that has leading apostrophes already gets one more, so that removing one restores exactly what
 * was written.
 */
const MAY_RUN = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^'*[+-]\d[\d .,]*$/;

function isFormula(cell: string): boolean {
  return MAY_RUN.test(cell) && !NUMBER.test(cell);
}

/** The cell for a file that people open in a spreadsheet. */
export function escapeFormula(cell: string): string {
  return isFormula(cell) ? `'${cell}` : cell;
}

/** The cell before `escapeFormula`. */
export function unescapeFormula(cell: string): string {
  return cell.charCodeAt(0) === 39 && isFormula(cell.slice(1)) ? cell.slice(1) : cell;
}
