/**
 * Keeps values as they are when a spreadsheet opens a file of text: Excel turns "0049…" and "+49…"
 * into numbers, drops zeros and signs, and rounds what is longer than 15 digits. `="0049…"` is a
 * formula whose result is the text; a spreadsheet that saves the file writes the text.
 */
import { escapeFormula, unescapeFormula } from "./formulas.ts";

/** Digits behind a zero or a sign, as of postal codes, or more than a spreadsheet shows in full. */
const CODE = /^(?:0\d[\d ()./-]*|\+\d[\d ()./-]*|\d{12,})$/;
/** All that looks like a phone number; some, such as 03/1999, are taken for dates. */
const PHONE = /^[+(]?\d[\d ()./-]*$/;
const PROTECTED = /^="([^"]*)"$/;

/** A cell for a CSV file that people open in a spreadsheet. */
export function protectCell(cell: string, isPhone = false): string {
  return (isPhone ? PHONE : CODE).test(cell) ? `="${cell}"` : escapeFormula(cell);
}

/** The value before `protectCell`, `escapeFormula` or `escapeRestorable`. */
export function restoreCell(cell: string): string {
  const first = cell.charCodeAt(0);
  if (first === 39) return unescapeFormula(cell);
  return first === 61 ? (PROTECTED.exec(cell)?.[1] ?? cell) : cell;
}

/** A cell for a file whose texts never run as formulas, such that `restoreCell` gives the value back. */
export function escapeRestorable(cell: string): string {
  return restoreCell(cell) === cell ? cell : `'${cell}`;
}
