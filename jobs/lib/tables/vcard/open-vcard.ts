/** Opens a vCard file (.vcf), the format of address books, as a table with one row a card. */
import type { ByteSource } from "../../../../server/job.ts";
import { generateCsv } from "../generated-csv.ts";
import { onlyHead, previewedBytes, readHead } from "../read-head.ts";
import type { RowBatch, Table } from "../table.ts";
import { cardColumns, readCards } from "./read-cards.ts";

/** @param beginning the first bytes of a file */
export function isVcard(beginning: Uint8Array): boolean {
  const text = Buffer.from(beginning.subarray(0, 1_000)).toString("latin1");
  return /^(?:\xef\xbb\xbf)?\s*BEGIN:VCARD/i.test(text);
}

/**
 * A large file has these columns even if its beginning, which may be a few cards with photos, does
 * without them: people map the columns of the beginning.
 */
const usualColumns = ["Email", "First name", "Last name", "Company", "Phone"];

/**
 * Reads the whole file for the columns that occur in it, those of its beginning first.
 * @param isPreview reads only the beginning
 */
export async function openVcard(file: ByteSource, isPreview = false): Promise<Table> {
  const beginning = await cardsOfHead(file);
  const isPart = isPreview && beginning !== file;
  const source = isPart ? beginning : file;
  const columns = await readColumns(beginning, beginning === file ? [] : usualColumns);
  if (source !== beginning) {
    const known = new Set(columns);
    columns.push(...(await readColumns(file, [])).filter((column) => !known.has(column)));
  }

  async function* readRows(): AsyncGenerator<RowBatch> {
    let number = 1;
    yield { rows: [{ number, cells: columns }], share: 0 };
    for await (const { cards, bytes } of readCards(source.read())) {
      const rows = cards.map((card) => {
        number++;
        return { number, cells: columns.map((column) => card.get(column) ?? "") };
      });
      yield { rows, share: bytes / source.size };
    }
  }
  return { source: generateCsv(source, readRows, { isPart }), sheets: [] };
}

/**
 * @returns the cards that end in the part which a preview reads, or the lines of a first card that is
 *   longer; a file that is smaller as it is
 */
async function cardsOfHead(file: ByteSource): Promise<ByteSource> {
  const head = await readHead(file, previewedBytes);
  if (head.length >= file.size) return file;
  if (/[\r\n]END:VCARD\s*[\r\n]/i.test(head.toString("latin1"))) return onlyHead(file, head);
  const end = Math.max(head.lastIndexOf("\n"), head.lastIndexOf("\r")) + 1;
  return onlyHead(file, Buffer.concat([head.subarray(0, end), Buffer.from("END:VCARD\n")]));
}

/** @param found columns that are there in any case */
async function readColumns(source: ByteSource, found: readonly string[]): Promise<string[]> {
  const columns = new Set(found);
  for await (const { cards } of readCards(source.read())) {
    for (const card of cards) for (const column of card.keys()) columns.add(column);
  }
  return [...columns].sort(compareColumns);
}

/** In the order of `cardColumns`, with "Email 2" behind "Email". */
function compareColumns(a: string, b: string): number {
  const [left, right] = [a, b].map((column) => {
    const [, name = column, number = "1"] = /^(.*?)(?: (\d+))?$/.exec(column) ?? [];
    return 100 * cardColumns.indexOf(name) + Number(number);
  });
  return left! - right!;
}
