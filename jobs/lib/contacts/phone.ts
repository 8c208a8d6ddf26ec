/** Reads phone numbers, also those that a spreadsheet has changed. */
import { unescapeFormula } from "../csv/formulas.ts";

const PLAIN = /^\+?\d[\d ()/-]*$/;
/** `4.91701E+11`: a spreadsheet rounded the number, and the rest of its digits is lost. */
const ROUNDED = /^[+-]?\d+(?:[.,]\d+)?E[+-]?\d+$/i;
/** The error values of spreadsheets. */
const ERROR = /^#(?:NAME\?|REF!|VALUE!|N\/A|NUM!|NULL!|DIV\/0!|####*)/i;
/** `="0049…"`, which keeps a spreadsheet from reading a number. */
const FORMULA_TEXT = /^="(.*)"$/s;
const FORMULA_NUMBER = /^=(\+?[\d ()/.-]+)$/;
const DECIMAL = /^(\+?\d{5,})[.,]0+$/;

/** Google exports several numbers in one cell. */
const LIST_SEPARATOR = ":::";

export type ParsedPhone =
  | {
      phone: string | null;
      /** Further numbers in the cell, as typed. */
      others?: string[];
    }
  /** Digits were lost in a spreadsheet: nothing that could be stored. */
  | { isBroken: true };

/** @returns the number as typed, without the wrapping of spreadsheets; null for an empty cell */
export function parsePhone(cell: string): ParsedPhone {
  const text = cell.trim();
  if (text === "") return { phone: null };
  if (PLAIN.test(text)) return { phone: text };
  if (text.includes(LIST_SEPARATOR)) {
    const [first = "", ...others] = text.split(LIST_SEPARATOR).map((part) => part.trim());
    return { ...parsePhone(first), others: others.filter((other) => other !== "") };
  }
  if (ROUNDED.test(text) || ERROR.test(text)) return { isBroken: true };
  const unwrapped =
    (FORMULA_TEXT.exec(text) ?? FORMULA_NUMBER.exec(text))?.[1] ?? unescapeFormula(text);
  const bare = unwrapped.replace(/^['\s]+|['\s]+$/g, "");
  const phone = DECIMAL.exec(bare)?.[1] ?? bare;
  if (ROUNDED.test(phone) || ERROR.test(phone)) return { isBroken: true };
  return { phone: phone || null };
}
