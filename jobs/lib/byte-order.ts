/**
 * Compares text by its UTF-8 bytes, as SQLite's BINARY collation and Postgres' "C" do.
 *
 * JavaScript compares UTF-16 code units. That is the same order but for one thing: surrogates
 * (D800-DFFF), which stand for the highest characters of all, sort below E000-FFFF. Text without
 * any unit from D800 up, which is nearly all text, can be compared as it is.
 */
const HIGH = /[\ud800-\uffff]/;

/** Whether the text holds units that `compareUnits` may sort wrongly. Very cheap for Latin text. */
export function needsByteOrder(text: string): boolean {
  return HIGH.test(text);
}

/** The right order where at least one of the two has no units from D800 up. */
export function compareUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The right order for all well-formed text. */
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
