/** Gives rows of a spreadsheet as a source of CSV text, so that everything reads them like a CSV file. */
import type { ByteSource } from "../../../server/job.ts";
import { formatRow } from "../csv/write-rows.ts";
import type { RowBatch, TableSource } from "./table.ts";

/** Characters of one chunk, about. */
const chunkLength = 65_536;

/**
 * @param readRows starts anew with each call and gives the same rows each time
 * @param options.isPart the rows are those of the beginning of a file
 */
export function generateCsv(
  { name, size }: Pick<ByteSource, "name" | "size">,
  readRows: () => AsyncIterable<RowBatch>,
  { isPart = false }: { isPart?: boolean } = {},
): TableSource {
  /** The end of the longest text that was read so far, and its share of the table. */
  let furthest = { byte: 0, share: 0 };

  return {
    name,
    size,
    isGenerated: true,
    isPart,
    progressAt: (byte) => {
      const { share, byte: end } = furthest;
      return end === 0 ? 0 : Math.min(size, Math.round((size * share * byte) / end));
    },
    async *read(from = 0) {
      let byte = 0;
      for await (const { text, share } of formatBatches(readRows())) {
        const bytes = Buffer.from(text);
        const start = Math.max(0, from - byte);
        byte += bytes.length;
        if (byte > furthest.byte) furthest = { byte, share };
        if (start < bytes.length) yield start === 0 ? bytes : bytes.subarray(start);
      }
    },
  };
}

async function* formatBatches(
  batches: AsyncIterable<RowBatch>,
): AsyncGenerator<{ text: string; share: number }> {
  let text = "";
  let row = 0;
  let reached = 0;
  for await (const { rows, share } of batches) {
    reached = share;
    for (const { number, cells } of rows) {
      for (row++; row < number; row++) text += "\r\n";
      text += formatRow(cells, { escapeFormulas: false });
      if (text.length < chunkLength) continue;
      yield { text, share };
      text = "";
    }
  }
  if (text !== "") yield { text, share: reached };
}
