/** Formats the numbers of cells as a sheet shows them. */
import { createRequire } from "node:module";

export type FormatNumber = (digits: string) => string;

/**
 * Formats that a file refers to by number alone (ECMA-376, part 1, section 18.8.30). Those of dates
 * without an order of their own depend on the country of the computer; they become ISO 8601.
 */
const builtInFormats: Record<number, string> = {
  1: "0",
  2: "0.00",
  3: "#,##0",
  4: "#,##0.00",
  9: "0%",
  10: "0.00%",
  12: "# ?/?",
  13: "# ??/??",
  15: "d-mmm-yy",
  16: "d-mmm",
  17: "mmm-yy",
  18: "h:mm AM/PM",
  19: "h:mm:ss AM/PM",
  20: "h:mm",
  21: "h:mm:ss",
  37: "#,##0;(#,##0)",
  38: "#,##0;(#,##0)",
  39: "#,##0.00;(#,##0.00)",
  40: "#,##0.00;(#,##0.00)",
  45: "mm:ss",
  46: "[h]:mm:ss",
  47: "mm:ss.0",
};
const isoDate = "yyyy-mm-dd";
const isoDateTime = "yyyy-mm-dd hh:mm";
const dateIds = new Set([14, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58]);
const dateTimeId = 22;

/** Texts in quotes, escaped characters and brackets but those of elapsed time: `[h]`. */
const LITERALS = /"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi;
/** The long date and the time of the computer's settings. */
const SYSTEM_FORMAT = /^\[\$-x?(?:F800|sysdate)[^\]]*\]/i;
const SYSTEM_TIME = /^\[\$-x?(?:F400|systime)[^\]]*\]/i;
const SCIENTIFIC = /E[+-]/i;
/** 31 December 9999; Excel shows ##### for more. */
const maxSerial = 2_958_466;
/** Excel takes 1900 for a leap year, after Lotus 1-2-3. */
const leapDayOf1900 = 60;
const maxMemoized = 20_000;

const require = createRequire(import.meta.url);
/** Required with the first workbook: every process loads the kinds at its start, and hucre is 112 modules. */
const hucre = () => require("hucre") as typeof import("hucre");

/** @param code the format of a style; undefined for one that is built in */
export function compileFormat(
  id: number,
  code: string | undefined,
  { is1904 }: { is1904: boolean },
): FormatNumber {
  const format = chooseFormat(id, code);
  if (!format) return formatGeneral;
  const isDate = /[ymdhs]/i.test(format.replace(LITERALS, ""));
  const known = new Map<string, string>();
  const { formatValue } = hucre();
  return (digits) => {
    const before = known.get(digits);
    if (before !== undefined) return before;
    if (known.size === maxMemoized) known.clear();
    const text = apply(digits);
    known.set(digits, text);
    return text;
  };

  function apply(digits: string): string {
    const value = Number(digits);
    if (!Number.isFinite(value)) return digits;
    if (isDate) {
      if (value < 0 || value >= maxSerial) return formatGeneral(digits);
      if (!is1904 && Math.floor(value) === leapDayOf1900) return "1900-02-29";
    }
    return formatValue(value, format!, { is1904 }).trim();
  }
}

/** @returns undefined for a number as it is */
function chooseFormat(id: number, code: string | undefined): string | undefined {
  if (code === undefined) {
    if (dateIds.has(id)) return isoDate;
    return id === dateTimeId ? isoDateTime : builtInFormats[id];
  }
  if (SYSTEM_FORMAT.test(code)) return isoDate;
  if (SYSTEM_TIME.test(code)) return "h:mm:ss";
  const plain = code.replace(LITERALS, "");
  // A long number, of a phone for example, would lose its last digits.
  if (/general|@/i.test(plain) || SCIENTIFIC.test(plain)) return undefined;
  return code;
}

/** All digits that Excel keeps, never an exponent: long numbers are those of phones and accounts. */
export function formatGeneral(digits: string): string {
  if (/^-?\d{1,15}$/.test(digits)) return digits;
  const value = Number(digits);
  if (!Number.isFinite(value) || digits === "") return digits;
  const text = String(Number(value.toPrecision(15)));
  return text.includes("e") ? withoutExponent(value) : text;
}

function withoutExponent(value: number): string {
  return value.toLocaleString("en", { useGrouping: false, maximumSignificantDigits: 15 });
}
