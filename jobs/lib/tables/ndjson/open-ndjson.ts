/** Opens an NDJSON file, such as an export for programs, as a table with one row an object. */
import { type ByteSource, Refused } from "../../../../server/job.ts";
import { escapeRestorable } from "../../csv/spreadsheet-cells.ts";
import { generateCsv } from "../generated-csv.ts";
import { onlyHead, previewedBytes, readHead } from "../read-head.ts";
import { maxColumns, type RowBatch, type Table } from "../table.ts";
import { isObject, parseObject, readObjects } from "./read-objects.ts";

/** A first line that is longer is not looked at further. */
const maxFirstLine = 1_000_000;

/**
 * Whether the first line is a JSON object with an email. Other JSON has no lines or no contacts.
 * @param beginning the first bytes of the file
 */
export async function isNdjson(source: ByteSource, beginning: Uint8Array): Promise<boolean> {
  if (!/^(?:\xef\xbb\xbf)?\s*\{/.test(Buffer.from(beginning).toString("latin1"))) return false;
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of source.read()) {
    text = (text + decoder.decode(chunk, { stream: true })).trimStart();
    if (text.includes("\n") || text.length > maxFirstLine) break;
  }
  const object = parseObject(text.split("\n", 1)[0] ?? "");
  return object !== undefined && "email" in object;
}

/**
 * Reads the whole file for the columns that occur in it, those of its beginning first. The keys of an
 * object in an object, such as `custom_fields`, are columns of their own.
 * @param isPreview reads only the beginning
 * @throws Refused if a line is no object
 */
export async function openNdjson(file: ByteSource, isPreview = false): Promise<Table> {
  const beginning = await wholeLinesOfHead(file);
  const isPart = isPreview && beginning !== file;
  const source = isPart ? beginning : file;
  const columns = await readColumns(beginning);
  if (source !== beginning) for (const column of await readColumns(file)) columns.set(...column);
  const paths = [...columns.keys()];

  async function* readRows(): AsyncGenerator<RowBatch> {
    const header = paths.map((path) => escapeRestorable(columns.get(path)!));
    yield { rows: [{ number: 1, cells: header }], share: 0 };
    for await (const { objects, bytes } of readObjects(source)) {
      const rows = objects.map(({ line, object }) => {
        const cells = new Map(cellsOf(object).map(([path, , text]) => [path, text]));
        const texts = paths.map((path) => escapeRestorable(cells.get(path) ?? ""));
        return { number: line + 1, cells: texts };
      });
      yield { rows, share: bytes / source.size };
    }
  }
  return { source: generateCsv(source, readRows, { isPart }), sheets: [] };
}

/** @returns the lines that end in the part which a preview reads; a file that is smaller as it is */
async function wholeLinesOfHead(file: ByteSource): Promise<ByteSource> {
  const head = await readHead(file, previewedBytes);
  if (head.length >= file.size) return file;
  return onlyHead(file, head.subarray(0, head.lastIndexOf("\n") + 1));
}

/** @returns name by path, the plain ones first; names may be equal */
async function readColumns(source: ByteSource): Promise<Map<string, string>> {
  const columns = new Map<string, string>();
  for await (const { objects } of readObjects(source)) {
    try {
      for (const { object } of objects)
        for (const [path, name] of cellsOf(object)) columns.set(path, name);
    } catch (error) {
      // A line can be nested deeper than calls can be.
      if (!(error instanceof RangeError)) throw error;
      throw new Refused(`${source.name} has values that are nested too deeply`);
    }
    if (columns.size > maxColumns)
      throw new Refused(`${source.name} has more than ${maxColumns} columns`);
  }
  return new Map([...columns].sort(([a], [b]) => depthOf(a) - depthOf(b)));
}

type Cell = [path: string, name: string, text: string];

/** Separates the keys of a path; no key of a contact has one. */
const SEPARATOR = "\0";

function cellsOf(object: Record<string, unknown>, parents: readonly string[] = []): Cell[] {
  return Object.entries(object).flatMap(([name, value]): Cell[] => {
    const path = [...parents, name];
    if (isObject(value)) return cellsOf(value, path);
    return [[path.join(SEPARATOR), name, textOf(value)]];
  });
}

/** Plain fields come first: a custom field may have the name of one. */
function depthOf(path: string): number {
  return path.split(SEPARATOR).length;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (!Array.isArray(value)) return String(value);
  return value.map((each) => (typeof each === "object" ? JSON.stringify(each) : each)).join("; ");
}
