import { buffer } from "node:stream/consumers";
import { escapeRestorable } from "../../csv/spreadsheet-cells.ts";
import { cellsOf, type ExportColumn } from "./export-columns.ts";
import type { CreateWriter } from "./export-format.ts";

/** Characters that a cell of Excel holds. */
const maxCell = 32_767;
const columnWidth = 22;
const ESCAPE_LIKE = /_(?=x[0-9A-Fa-f]{4}_)/g;

/** Pieces are JSON: the sheet is compressed as a whole, which no interrupted run can continue. */
export const createXlsxWriter: CreateWriter<unknown> = (columns) => ({
  file: {
    name: "contacts.xlsx",
    type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  },
  formatPiece(contacts) {
    const rows = contacts.map((contact) => cellsOf(contact, columns).map(textCell));
    return { bytes: Buffer.from(JSON.stringify(rows)), replaced: 0 };
  },
  async *joinPieces(pieces) {
    // Loaded here, because every process loads the kinds at its start.
    const { writeXlsxStream } = await import("hucre");
    yield* writeXlsxStream(rowsOf(columns, pieces), {
      name: "Contacts",
      columns: columns.map(() => ({ width: columnWidth })),
      freezePane: { rows: 1 },
      zip64: false,
    });
  },
});

async function* rowsOf(
  columns: readonly ExportColumn[],
  pieces: AsyncIterable<AsyncIterable<Uint8Array>>,
): AsyncGenerator<(string | null)[]> {
  yield columns.map(({ label }) => textCell(label));
  for await (const piece of pieces) {
    yield* JSON.parse((await buffer(piece)).toString()) as (string | null)[][];
  }
}

/** Every cell is a text, so that Excel leaves digits as they are. */
function textCell(value: string): string | null {
  if (value === "") return null;
  return escapeRestorable(value).replace(ESCAPE_LIKE, "_x005F_").slice(0, maxCell);
}
