/**
 * Compares text by its UTF-8 bytes, as SQLite's BINARY collation and Postgres' "C" do.
 *
 * JavaScript compares UTF-16 code units. The order is the same except for surrogates
 * (D800-DFFF): they encode the highest characters but sort below E000-FFFF. Text without any unit
 * from D800 up, nearly all text, can be compared as it is.
 */
const highUnits = /[\ud800-\uffff]/;

/** Whether the text holds units that `compareUnits` may sort wrongly. Very cheap for Latin text. */
export function needsByteOrder(text: string): boolean {
  return highUnits.test(text);
}

/** Compares by code unit: correct where at least one of the two has no unit from D800 up. */
export function compareUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Compares by UTF-8 bytes: correct for all well-formed text. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Moves surrogates behind all other units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x2800 : unit;
}
