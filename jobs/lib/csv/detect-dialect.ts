/** Detects the delimiter and the quotes of a CSV file. */
import type { Delimiter, Dialect } from "./format.ts";
import { parseRows } from "./parse-rows.ts";

const usual: Delimiter[] = [",", ";", "\t", "|"];
/** They also stand in times, addresses and names: tried only where the usual ones make no table. */
const rare: Delimiter[] = ["~", "^", ":"];
/** Hardly ever part of a text: tried also where the first row lacks the best of the usual ones. */
const unmistakable: Delimiter[] = ["~", "^"];
const sampleRows = 200;
const minUsualShare = 0.5;
const EMAIL = /^[^\s@,;|]+@[^\s@,;|]+\.[^\s@,;|]+$/;

interface Candidate extends Dialect {
  /** How consistent a table the dialect makes, about 0 to 1.2. */
  score: number;
  /** The share of rows of the most common width. */
  share: number;
  width: number;
  isInFirstRow: boolean;
}

/**
 * @param text the beginning of the file; its last row may be incomplete
 * @param delimiter overrides the detection
 */
export function detectDialect(text: string, delimiter?: Delimiter): Dialect {
  const quoting = detectQuoting(text, delimiter);
  const best = findBest(text, quoting, delimiter);
  if (best.width === 1 && linesAreQuoted(text)) {
    const inner = parseRows(text, best, true).rows.map((row) => row[0] ?? "");
    const unwrapped = findBest(inner.join("\n"), quoting, delimiter);
    if (unwrapped.width > 1) return dialectOf({ ...unwrapped, hasQuotedLines: true });
  }
  return dialectOf(best);
}

/** The width guards the reading against stray quotes, so it must be certain. */
function dialectOf({ score: _, isInFirstRow: __, share, width, ...dialect }: Candidate): Dialect {
  return share >= 0.6 && width > 1 ? { ...dialect, width } : dialect;
}

function findBest(text: string, quoting: Partial<Dialect>, given?: Delimiter): Candidate {
  const measured = (delimiters: readonly Delimiter[]) =>
    delimiters.map((delimiter) => measure(text, { delimiter, ...quoting }));
  if (given) return measured([given])[0]!;
  const candidates = measured(usual);
  const best = pickBest(candidates);
  if (best.share >= minUsualShare && best.isInFirstRow) return best;
  const others = best.share >= minUsualShare ? unmistakable : rare;
  return pickBest([best, ...measured(others).filter(({ share }) => share >= minUsualShare)]);
}

function pickBest(candidates: readonly Candidate[]): Candidate {
  return candidates.reduce((best, each) => {
    const difference = each.score - best.score || each.width - best.width;
    return difference > 0 ? each : best;
  });
}

/** Recognises quotes that an editor made typographic, and `\"`, from the first lines. */
function detectQuoting(text: string, delimiter: Delimiter | undefined): Partial<Dialect> {
  const quoting: Partial<Dialect> = {};
  const straight = text.match(/(?:^|[,;\t|\n])"/g)?.length ?? 0;
  const typographic = text.match(/(?:^|[,;\t|\n])[“”„]/g)?.length ?? 0;
  if (typographic > straight) quoting.hasTypographicQuotes = true;
  // A backslash before the quote that ends a cell escapes nothing.
  const inside = delimiter === ":" ? /\\"(?![,;\t|~^:\r\n]|$)/ : /\\"(?![,;\t|~^\r\n]|$)/;
  if (inside.test(text) && !/[^,;\t|\n"]""/.test(text)) quoting.escapesQuotes = true;
  return quoting;
}

function linesAreQuoted(text: string): boolean {
  const lines = text
    .split(/\r+\n|\n|\r/)
    .slice(0, sampleRows)
    .filter((line) => line !== "");
  const quoted = lines.filter((line) => /^".*"$/.test(line));
  return quoted.length > lines.length / 2;
}

/**
 * The share of rows of the most common width. Whole addresses in cells speak for a delimiter. One that
 * is usually followed by a blank is more likely punctuation and weighs less, and so does one that the
 * first row lacks (it may be a title above the table).
 */
function measure(text: string, dialect: Dialect): Candidate {
  const { rows, cut } = parseRows(text, dialect, false);
  if (rows.length === 0) rows.push(...parseRows(text.slice(cut), dialect, true).rows);
  const table = rows
    .filter((cells) => cells.some((cell) => cell.trim() !== ""))
    .slice(0, sampleRows);
  if (table.length === 0) {
    // Lines of delimiters alone.
    const score = rows.some((cells) => cells.length > 1) ? 0.1 : 0;
    return { ...dialect, score, share: 0, width: 1, isInFirstRow: false };
  }
  const first = table[0]?.length ?? 1;
  const wide = table.filter((cells) => cells.length > 1);
  const width = first > 1 && shareOf(table, first) >= 0.5 ? first : mostCommonWidth(wide);
  if (width < 2) return { ...dialect, score: 0, share: 0, width: 1, isInFirstRow: false };

  const share = shareOf(table, width);
  const cells = wide.flatMap((row) => row.slice(1)).filter((cell) => cell !== "");
  const spaced = cells.filter((cell) => cell.startsWith(" ")).length;
  const withEmail = table.filter((row) => row.some((cell) => EMAIL.test(cell.trim()))).length;
  const weight = (first > 1 ? 1 : 0.5) * (spaced > cells.length / 2 ? 0.8 : 1);
  const score = share * weight + (0.2 * withEmail) / table.length;
  return { ...dialect, score, share, width, isInFirstRow: first > 1 };
}

/** The share of rows of this width. Sheets leave empty cells to the right, in some rows only. */
function shareOf(table: readonly string[][], width: number): number {
  const even = table.filter(
    (cells) => cells.length >= width && cells.slice(width).every((cell) => cell.trim() === ""),
  );
  return even.length / table.length;
}

function mostCommonWidth(table: readonly string[][]): number {
  const times = new Map<number, number>();
  for (const { length } of table) times.set(length, (times.get(length) ?? 0) + 1);
  return [...times].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 1;
}
