import Papa from "papaparse";

/** The start of a file, for its card on the page of the job. */
export type Preview =
  | { kind: "table"; header: string[]; rows: string[][]; hiddenColumns: number }
  | { kind: "text"; lines: string[]; hasMore: boolean }
  /** The page loads the image from the address of the file. */
  | { kind: "image" };

/** Bytes that are read from the start of a file. */
export const previewBytes = 64_000;

const max = { rows: 5, columns: 20, lines: 12, cell: 100, line: 200, image: 10_000_000 };
const tables = ["text/csv", "text/tab-separated-values"];
const texts = /^(text\/|application\/(x-nd)?json(l|-seq)?\b|application\/(xml|sql|yaml)\b)/;
const images = /^image\/(png|jpeg|gif|webp|avif|svg\+xml)$/;

interface FileStart {
  /** "text/csv; charset=utf-8" */
  mediaType: string;
  /** Size of the whole file, bytes. */
  size: number;
  bytes: Uint8Array;
}

/** Decides by the type whether a file has a preview, and whether that takes its bytes. */
export function previewNeeds({
  mediaType,
  size,
}: Omit<FileStart, "bytes">): "bytes" | "image" | "none" {
  const type = mimeEssence(mediaType);
  if (size === 0) return "none";
  if (images.test(type)) return size <= max.image ? "image" : "none";
  return texts.test(type) ? "bytes" : "none";
}

/** @returns null for binary data */
export function textPreview({ mediaType, size, bytes }: FileStart): Preview | null {
  const whole = bytes.length >= size;
  const text = decode(bytes, whole, charsetOf(mediaType));
  if (text === undefined) return null;
  if (tables.includes(mimeEssence(mediaType))) return table(text, whole) ?? lines(text, whole);
  return lines(text, whole);
}

function table(text: string, whole: boolean): Preview | null {
  const [header, ...rows] = firstRows(text, max.rows + 1, whole);
  if (!header) return null;
  const width = Math.max(header.length, ...rows.map((row) => row.length));
  const shown = Math.min(width, max.columns);
  const fit = (row: string[]) =>
    Array.from({ length: shown }, (_, column) => truncate(row[column] ?? "", max.cell));
  return {
    kind: "table",
    header: fit(header),
    rows: rows.map(fit),
    hiddenColumns: width - shown,
  };
}

/** Leaves out blank rows, and the last row where `text` may end in the middle of it. */
function firstRows(text: string, max: number, whole: boolean): string[][] {
  const { data } = Papa.parse<string[]>(text, {
    delimitersToGuess: [",", ";", "\t", "|", "~", "^", ":"],
    skipEmptyLines: "greedy",
  });
  if (!whole) data.pop();
  return data.slice(0, max);
}

function lines(text: string, whole: boolean): Preview {
  const all = text.split(/\r\n|\r|\n/);
  if (!whole && all.length > 1) all.pop();
  while (all.length > 1 && all.at(-1) === "") all.pop();
  return {
    kind: "text",
    lines: all.slice(0, max.lines).map((line) => truncate(line, max.line)),
    hasMore: !whole || all.length > max.lines,
  };
}

/**
 * Decodes UTF-8, UTF-16 with a byte order mark, or else the given charset. The default is Windows-1252,
 * which accepts any bytes.
 */
function decode(bytes: Uint8Array, whole: boolean, charset: string): string | undefined {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  if (bytes.some((byte) => byte < 9 || (byte > 13 && byte < 27))) return undefined;
  try {
    // `stream` accepts a character that is cut at the end.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !whole });
  } catch {
    return decoderOf(charset).decode(bytes, { stream: !whole });
  }
}

/** @returns the charset of "text/csv; charset=shift_jis" */
function charsetOf(mediaType: string): string {
  return /;\s*charset="?([\w-]+)/i.exec(mediaType)?.[1] ?? "windows-1252";
}

function decoderOf(charset: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder("windows-1252");
  }
}

function truncate(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1).toWellFormed()}…` : text;
}

function mimeEssence(mediaType: string): string {
  return mediaType.split(";")[0]!.trim().toLowerCase();
}
