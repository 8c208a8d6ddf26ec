import { Refused } from "../../../server/job.ts";
import type { RowBatch, Sheet } from "./table.ts";

export interface ReadableSheet extends Sheet {
  read(): AsyncIterable<RowBatch>;
}

const maxListed = 10;

/**
 * @param given the name of a sheet; default the first that is visible and has cells
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
  for (const sheet of [...visible, ...sheets.filter(({ isHidden }) => isHidden)]) {
    if (await hasCells(sheet)) return sheet;
  }
  throw new Refused(`${fileName} is empty`, "Upload a file with one person per row.");
}

async function hasCells(sheet: ReadableSheet): Promise<boolean> {
  for await (const { rows } of sheet.read()) {
    if (rows.some(({ cells }) => cells.some((cell) => cell.trim() !== ""))) return true;
  }
  return false;
}
