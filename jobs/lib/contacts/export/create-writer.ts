import { createCsvWriter } from "./csv-writer.ts";
import type { ExportColumn } from "./export-columns.ts";
import type { ExportWriter } from "./export-format.ts";
import type { ExportOptions } from "./export-options.ts";
import { createNdjsonWriter } from "./ndjson-writer.ts";
import { createXlsxWriter } from "./xlsx-writer.ts";

export function createExportWriter(
  columns: readonly ExportColumn[],
  { format, delimiter = "comma", encoding = "utf-8-bom", protect_numbers = true }: ExportOptions,
): ExportWriter {
  if (format === "xlsx") return createXlsxWriter(columns, {});
  if (format === "ndjson") return createNdjsonWriter(columns, {});
  return createCsvWriter(columns, { delimiter, encoding, protect_numbers });
}
