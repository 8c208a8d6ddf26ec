/** Reads the cells of a table as an import gets them, for tests. */
import Papa from "papaparse";
import { openTable } from "../../../../jobs/lib/tables/open-table.ts";
import { memoryFile } from "../../../support/memory-files.ts";

/** Bytes in which the file is handed out; small, so that characters are cut in the middle. */
const chunkBytes = 1_000;

/** @returns the rows of the sheet, blank ones included */
export async function readCells(
  content: string | Uint8Array,
  { name = "people.xlsx", sheet }: { name?: string; sheet?: string } = {},
): Promise<string[][]> {
  const { source } = await openTable(memoryFile(content, name, chunkBytes), { sheet });
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.read()) chunks.push(Uint8Array.from(chunk));
  const text = Buffer.concat(chunks).toString();
  return Papa.parse<string[]>(text.replace(/\r\n$/, ""), { delimiter: ",", newline: "\r\n" }).data;
}
