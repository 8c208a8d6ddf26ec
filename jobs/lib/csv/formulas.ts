/**
 * Cells that a spreadsheet would run as a formula, made harmless on the way out and read back as
 * they were on the way in.
 *
 * The rule: a cell that begins with = + - @ tab, CR or LF, or with the full-width = + - @, gets a
 * leading apostrophe (OWASP, "CSV Injection"). A sign followed by nothing but digits, blanks, dots
 * and commas is a number or a phone number, cannot run, and stays as it is: -12.5, +49 170 1234567.
 * Where such a cell has apostrophes before it already it gets one more, so that taking one away
 * from every cell of this shape gives back exactly what was written.
 */
const MAY_RUN = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^'*[+-]\d[\d .,]*$/;

function mayRun(cell: string): boolean {
  return MAY_RUN.test(cell) && !NUMBER.test(cell);
}

/** The cell as it goes into a file that people open in a spreadsheet. */
export function harmless(cell: string): string {
  return mayRun(cell) ? `'${cell}` : cell;
}

/** The cell as it was before `harmless`. */
export function unharmed(cell: string): string {
  return cell.charCodeAt(0) === 39 && mayRun(cell.slice(1)) ? cell.slice(1) : cell;
}
