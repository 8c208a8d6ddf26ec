/**
 * Measures an import of a million rows while a hundred streams watch it, pages are read and jobs are
 * started, beside `.import` of the `sqlite3` shell.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProgram } from "../support/program.ts";
import { atLeast, type Row, within } from "../support/row.ts";
import { median, percentile } from "../support/statistics.ts";
import { csvOf, tableOf, writeLines } from "./csv.ts";
import { type Imported, measureImport } from "./measure-import.ts";
import { importWithShell, shellName } from "./sqlite-shell.ts";
import type { Visitors } from "./visitors.ts";
import type { WriterWatch } from "./writer-watch.ts";

const many = 1_000_000;
const few = 100_000;
const repetitions = 3;
const megabyte = 1_000_000;

export async function imports(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "headway-people-"));
  const paths = { few: join(folder, "few.csv"), many: join(folder, "many.csv") };
  const prepared = join(folder, "rows.csv");
  await writeLines(paths.few, csvOf(few));
  await writeLines(paths.many, csvOf(many));
  await writeLines(prepared, tableOf(many));
  const visitors = startProgram<Visitors>(join(import.meta.dirname, "visitors.ts"));
  const watch = startProgram<WriterWatch>(join(import.meta.dirname, "writer-watch.ts"));
  try {
    const small = await measureImport(paths.few, { visitors, watch });
    const ours: Imported[] = [];
    const theirs: number[] = [];
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const file = join(folder, `shell-${repetition}.db`);
      const shell = (like: string) => importWithShell(like, prepared, file);
      ours.push(
        await measureImport(paths.many, {
          visitors,
          watch,
          afterwards: async (like) => {
            theirs.push(await shell(like));
          },
        }),
      );
    }
    return rowsOf(small, ours, theirs);
  } finally {
    visitors.stop();
    watch.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowsOf(small: Imported, ours: Imported[], theirs: number[]): Row[] {
  const peak = (imported: Imported[]) => Math.max(...imported.map((each) => each.peakMemory));
  const waits = (of: "pages" | "starts") => ours.flatMap((each) => each.waits[of]);
  return [
    atLeast({
      what: "import of 1,000,000 rows, 100 streams open",
      ours: many / median(ours.map((each) => each.seconds)),
      baseline: many / median(theirs),
      unit: "rows/s",
      bar: 0.6,
      by: `${shellName}, same table and indexes`,
    }),
    within({
      what: "  longest transaction",
      ours: median(ours.map((each) => each.maxWriteMs)),
      unit: "ms",
      limit: 15,
    }),
    within({
      what: "  the runner's peak memory above idle, 1,000,000 rows",
      ours: peak(ours) / megabyte,
      unit: "MB",
      limit: 200,
    }),
    within({
      what: "  the same, 100,000 rows",
      ours: peak([small]) / megabyte,
      unit: "MB",
      limit: 200,
    }),
    within({
      what: "  response time of pages meanwhile, p99",
      ours: percentile(waits("pages"), 99),
      unit: "ms",
      limit: 60,
    }),
    within({
      what: "  response time of starts meanwhile, p99",
      ours: percentile(waits("starts"), 99),
      unit: "ms",
      limit: 60,
    }),
  ];
}
