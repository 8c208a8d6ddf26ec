import Papa from "papaparse";

/** The beginning of a file, for its card on the page. */
export type Preview =
  | { kind: "table"; header: string[]; rows: string[][]; hiddenColumns: number }
  | { kind: "text"; lines: string[] }
  /** The page loads it by the file's own address. */
  | { kind: "image" };

/** How much of a file is read for its preview. */
export const previewBytes = 64_000;

const most = { rows: 5, columns: 20, lines: 20, cell: 100, line: 200, image: 10_000_000 };
const tables = ["text/csv", "text/tab-separated-values"];
const texts = /^(text\/|application\/(x-nd)?json(l|-seq)?\b|application\/(xml|sql|yaml)\b)/;
const images = /^image\/(png|jpeg|gif|webp|avif|svg\+xml)$/;

interface Beginning {
  /** "text/csv; charset=utf-8" */
  mediaType: string;
  /** Of the whole file. */
  size: number;
  bytes: Uint8Array;
}

/** Whether there can be one, before anything is read, and whether it takes the bytes. */
export function previewNeeds({
  mediaType,
  size,
}: Omit<Beginning, "bytes">): "bytes" | "image" | "none" {
  const type = essence(mediaType);
  if (size === 0) return "none";
  if (images.test(type)) return size <= most.image ? "image" : "none";
  return texts.test(type) ? "bytes" : "none";
}

/** @returns null where the bytes are no text after all */
export function textPreview({ mediaType, size, bytes }: Beginning): Preview | null {
  const whole = bytes.length >= size;
  const text = decoded(bytes, whole);
  if (text === undefined) return null;
  if (tables.includes(essence(mediaType))) return table(text, whole) ?? lines(text, whole);
  return lines(text, whole);
}

function table(text: string, whole: boolean): Preview | null {
  const [header, ...rows] = firstRows(text, most.rows + 1, whole);
  if (!header) return null;
  const width = Math.max(header.length, ...rows.map((row) => row.length));
  const shown = Math.min(width, most.columns);
  const fit = (row: string[]) =>
    Array.from({ length: shown }, (_, column) => cut(row[column] ?? "", most.cell));
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
    delimitersToGuess: [",", ";", "\t", "|"],
    skipEmptyLines: "greedy",
  });
  if (!whole) data.pop();
  return data.slice(0, max);
}

function lines(text: string, whole: boolean): Preview {
  const all = text.split(/\r\n|\r|\n/);
  if (!whole && all.length > 1) all.pop();
  while (all.length > 1 && all.at(-1) === "") all.pop();
  return { kind: "text", lines: all.slice(0, most.lines).map((line) => cut(line, most.line)) };
}

/** UTF-8, UTF-16 with its mark, else Windows-1252, in which any bytes are letters. */
function decoded(bytes: Uint8Array, whole: boolean): string | undefined {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  if (bytes.some((byte) => byte < 9 || (byte > 13 && byte < 27))) return undefined;
  try {
    // As of a stream: the last letter may be cut in two.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !whole });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1).toWellFormed()}…` : text;
}

function essence(mediaType: string): string {
  return mediaType.split(";")[0]!.trim().toLowerCase();
}
