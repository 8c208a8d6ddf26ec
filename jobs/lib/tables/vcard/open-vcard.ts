/** Opens a vCard file (.vcf), the format of address books, as a table with one row a card. */
import type { ByteSource } from "../../../../server/job.ts";
import { generateCsv } from "../generated-csv.ts";
import type { RowBatch, Table } from "../table.ts";
import { cardColumns, readCards } from "./read-cards.ts";

/** @param beginning the first bytes of a file */
export function isVcard(beginning: Uint8Array): boolean {
  const text = Buffer.from(beginning.subarray(0, 1_000)).toString("latin1");
  return /^(?:\xef\xbb\xbf)?\s*BEGIN:VCARD/i.test(text);
}

/** Reads the whole file for the columns that occur in it. */
export async function openVcard(source: ByteSource): Promise<Table> {
  const found = new Set<string>();
  for await (const { cards } of readCards(source.read())) {
    for (const card of cards) for (const column of card.keys()) found.add(column);
  }
  const columns = [...found].sort(compareColumns);

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
  return { source: generateCsv(source, readRows), sheets: [] };
}

/** In the order of `cardColumns`, with "Email 2" behind "Email". */
function compareColumns(a: string, b: string): number {
  const [left, right] = [a, b].map((column) => {
    const [, name = column, number = "1"] = /^(.*?)(?: (\d+))?$/.exec(column) ?? [];
    return 100 * cardColumns.indexOf(name) + Number(number);
  });
  return left! - right!;
}
