/** Reads phone numbers, also those that a spreadsheet has changed. */
import { unescapeFormula } from "../csv/formulas.ts";

const PLAIN = /^\+?\d[\d ()/-]*$/;
/** `4.91701E+11`: a spreadsheet rounded the number, and the rest of its digits is lost. */
const ROUNDED = /^[+-]?\d+(?:[.,]\d+)?E[+-]?\d+$/i;
/** The error values of spreadsheets, in any language: `#NAME?`, `#WERT!`, `#¡VALOR!`, `#N/A`, `#NV`. */
const ERROR = /^#(?:[¡¿]?[\p{L}\d/_]+[!?]|N\/[AD]|NV$|#+)/iu;
/** Texts that people type in place of a number. */
const PLACEHOLDER = /^(?:[-–—.?/]+|none|n\/?a|null|nil|unknown|keine?|aucune?|ninguno)$/i;
/** Marks of direction, which phones put around a copied number, and zero-width characters. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
/** RFC 3966. */
const SCHEME = /^tel:(?=[+\d(])/i;
/** `="0049…"`, which keeps a spreadsheet from reading a number. */
const FORMULA_TEXT = /^="(.*)"$/s;
const FORMULA_NUMBER = /^=(\+?[\d ()/.-]+)$/;
const DECIMAL = /^(\+?\d{5,})[.,]0+$/;

/** Google exports several numbers in one cell; people write them behind commas and on lines. */
const LIST_SEPARATOR = /\s*(?::::|[;,|\n\r])\s*/;
const minDigitsInList = 7;

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
  const listed = splitNumbers(text);
  if (listed.length > 1) return { ...parsePhone(listed[0]!), others: listed.slice(1) };
  if (ROUNDED.test(text) || ERROR.test(text)) return { isBroken: true };
  const unwrapped =
    (FORMULA_TEXT.exec(text) ?? FORMULA_NUMBER.exec(text))?.[1] ?? unescapeFormula(text);
  const bare = unwrapped
    .replace(INVISIBLE, "")
    .replace(/^['\s]+|['\s]+$/g, "")
    .replace(SCHEME, "");
  const phone = DECIMAL.exec(bare)?.[1] ?? bare;
  if (ROUNDED.test(phone) || ERROR.test(phone)) return { isBroken: true };
  return { phone: phone === "" || PLACEHOLDER.test(phone) ? null : phone };
}

/** @returns one text unless each part has the digits of a number: an extension may stand behind a comma */
function splitNumbers(text: string): string[] {
  const parts = text.split(LIST_SEPARATOR).filter((part) => part !== "");
  const areNumbers = parts.every((part) => part.replace(/\D/g, "").length >= minDigitsInList);
  return areNumbers || text.includes(":::") ? parts : [text];
}
