import { jsonOf } from "./export-columns.ts";
import type { CreateWriter } from "./export-format.ts";

/** One contact a line: https://github.com/ndjson/ndjson-spec */
export const createNdjsonWriter: CreateWriter<unknown> = (columns) => ({
  file: { name: "contacts.ndjson", type: "application/x-ndjson" },
  formatPiece(contacts) {
    const lines = contacts.map((contact) => `${JSON.stringify(jsonOf(contact, columns))}\n`);
    return { bytes: Buffer.from(lines.join("")), replaced: 0 };
  },
  async *joinPieces(pieces) {
    for await (const piece of pieces) yield* piece;
  },
});
