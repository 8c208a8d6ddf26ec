/** Detects the format of a CSV file from its first bytes, as far as a person has not chosen it. */
import type { ByteSource } from "../../../server/job.ts";
import { decode } from "./decode.ts";
import { detectDialect } from "./detect-dialect.ts";
import { completeUtf8Length, detectEncoding } from "./detect-encoding.ts";
import { type CsvFormat, type Delimiter, delimiters, type Encoding } from "./format.ts";

/** Choices of a person, which override what is detected. */
export interface FormatChoices {
  encoding?: Encoding | undefined;
  delimiter?: Delimiter | undefined;
  /** The row in which the table begins, from 1. */
  startRow?: number | undefined;
  hasHeader?: boolean | undefined;
}

export interface DetectedFormat {
  format: CsvFormat;
  /** The most common number of cells of a row. */
  usualWidth: number | undefined;
}

/** @throws Refused if this is not text */
export async function detectFormat(
  source: ByteSource,
  beginning: Buffer,
  choices: FormatChoices,
): Promise<DetectedFormat> {
  const { encoding, bom } = await detectEncoding(source, beginning, choices.encoding);
  const hint = readDelimiterHint(decodeBeginning(beginning.subarray(bom), encoding));
  const unit = encoding.startsWith("utf-16") ? 2 : 1;
  const start = { byte: bom + (hint?.line.length ?? 0) * unit, row: hint ? 1 : 0 };
  const text = decodeBeginning(beginning.subarray(start.byte), encoding);
  const dialect = detectDialect(text, choices.delimiter ?? hint?.delimiter);
  return { format: { encoding, ...dialect, start, hasHeader: false }, usualWidth: dialect.width };
}

/** The format has no width, which would make a cell suspect that holds lines of a table. */
export function formatOfGenerated(beginning: Buffer): DetectedFormat {
  const { width: usualWidth } = detectDialect(decodeBeginning(beginning, "utf-8"), ",");
  const start = { byte: 0, row: 0 };
  return {
    format: { encoding: "utf-8", delimiter: ",", isGenerated: true, start, hasHeader: false },
    usualWidth,
  };
}

function decodeBeginning(bytes: Buffer, encoding: Encoding): string {
  const complete = encoding === "utf-8" ? bytes.subarray(0, completeUtf8Length(bytes)) : bytes;
  return decode(complete, encoding);
}

/** Excel's `sep=;`, also as it looks after a program saved it again: `sep=;;;`, `"sep=;"`. */
function readDelimiterHint(
  text: string,
): { line: string; delimiter: Delimiter | undefined } | undefined {
  const [line, character] = /^"?sep=(.)"?[,;\t| ]*(?:\r+\n|\r|\n)/i.exec(text) ?? [];
  if (line === undefined || character === undefined) return undefined;
  return { line, delimiter: Object.values(delimiters).find((each) => each === character) };
}
