import { Refused } from "../../../server/job.ts";
import type { RowBatch, Sheet } from "./table.ts";

export interface ReadableSheet extends Sheet {
  read(): AsyncIterable<RowBatch>;
}

const maxListed = 10;

/** Rows of a sheet that are searched for an address. */
const maxSearchedRows = 200;
const EMAIL = /^\s*\S+@\S+\.\S+\s*$/;

/**
 * @param given the name of a sheet; default the first that is visible and holds an email address, or
 * else the first that has cells: workbooks begin with covers and reports
 * @throws Refused if there is no such sheet, or all are empty
 */
export async function chooseSheet(
  sheets: readonly ReadableSheet[],
  given: string | undefined,
  fileName: string,
): Promise<ReadableSheet> {
  if (given !== undefined) {
    const found = sheets.find(({ name }) => name === given);
    if (found) return found;
    const names = sheets.slice(0, maxListed).map(({ name }) => `“${name}”`);
    const more = sheets.length > maxListed ? " …" : "";
    throw new Refused(
      `${fileName} has no sheet “${given}”`,
      `Choose one of ${names.join(", ")}${more}.`,
    );
  }
  const visible = sheets.filter(({ isHidden }) => !isHidden);
  let first: ReadableSheet | undefined;
  for (const sheet of [...visible, ...sheets.filter(({ isHidden }) => isHidden)]) {
    if (first && sheet.isHidden) break;
    const content = await lookInto(sheet);
    if (content === "address") return sheet;
    if (content === "cells") first ??= sheet;
  }
  if (first) return first;
  throw new Refused(`${fileName} is empty`, "Upload a file with one person per row.");
}

/** Reads the first rows, and blank ones above them. */
async function lookInto(sheet: ReadableSheet): Promise<"address" | "cells" | "nothing"> {
  let filled = 0;
  for await (const { rows } of sheet.read()) {
    for (const { cells } of rows) {
      if (cells.some((cell) => EMAIL.test(cell))) return "address";
      if (cells.some((cell) => cell.trim() !== "")) filled++;
      if (filled === maxSearchedRows) return "cells";
    }
  }
  return filled > 0 ? "cells" : "nothing";
}
