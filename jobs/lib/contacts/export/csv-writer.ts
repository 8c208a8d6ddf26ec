import { byteOrderMark, charsetOf, encodeText, type OutputEncoding } from "../../csv/encode.ts";
import { type DelimiterName, delimiters } from "../../csv/format.ts";
import { escapeFormula } from "../../csv/formulas.ts";
import { protectCell } from "../../csv/spreadsheet-cells.ts";
import { formatRow } from "../../csv/write-rows.ts";
import { cellsOf } from "./export-columns.ts";
import type { CreateWriter } from "./export-format.ts";

export interface CsvOptions {
  delimiter: DelimiterName;
  encoding: OutputEncoding;
  protect_numbers: boolean;
}

export const createCsvWriter: CreateWriter<CsvOptions> = (columns, options) => {
  const { encoding, protect_numbers } = options;
  const format = { delimiter: delimiters[options.delimiter], escapeFormulas: false };
  const charset = charsetOf(encoding);
  // An import reads the tags of a cell one by one, and takes quotes around them off.
  const isProtected = columns.map(({ name }) => protect_numbers && name !== "tags");

  return {
    file: {
      name: "contacts.csv",
      type: charset === "utf-8" ? "text/csv" : `text/csv; charset=${charset}`,
    },
    formatPiece(contacts) {
      let text = "";
      for (const contact of contacts) {
        const cells = cellsOf(contact, columns).map((cell, at) => {
          return isProtected[at] ? protectCell(cell, columns[at]!.isPhone) : escapeFormula(cell);
        });
        text += formatRow(cells, format);
      }
      return encodeText(text, encoding);
    },
    async *joinPieces(pieces) {
      const header = formatRow(
        columns.map(({ label }) => escapeFormula(label)),
        format,
      );
      yield Buffer.concat([byteOrderMark(encoding), encodeText(header, encoding).bytes]);
      for await (const piece of pieces) yield* piece;
    },
  };
};
