/** Measures an import of a million rows from an Excel workbook, under the load of the import of CSV. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measureImport } from "../import/measure-import.ts";
import type { Visitors } from "../import/visitors.ts";
import type { WriterWatch } from "../import/writer-watch.ts";
import { startProgram } from "../support/program.ts";
import { figureOf, type Row, within } from "../support/row.ts";
import { writeWorkbook } from "./workbook.ts";

const many = 1_000_000;
const imports = join(import.meta.dirname, "../import");

export async function spreadsheetImport(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "headway-workbook-"));
  const path = join(folder, "people.xlsx");
  await writeWorkbook(path, many);
  const visitors = startProgram<Visitors>(join(imports, "visitors.ts"));
  const watch = startProgram<WriterWatch>(join(imports, "writer-watch.ts"));
  try {
    const { seconds, peakMemory } = await measureImport(path, { visitors, watch });
    return [
      figureOf("import of an Excel workbook with 1,000,000 rows", many / seconds, "rows/s"),
      within({
        what: "  the runner's peak memory above idle",
        ours: peakMemory / 1_000_000,
        unit: "MB",
        limit: 200,
      }),
    ];
  } finally {
    visitors.stop();
    watch.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
