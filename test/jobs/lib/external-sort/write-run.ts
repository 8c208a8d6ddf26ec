import { RunBuilder } from "../../../../jobs/lib/external-sort/run-builder.ts";
import type { RunRow } from "../../../../jobs/lib/external-sort/run-row.ts";
import type { Scratch } from "../../../../server/job.ts";

/** Writes the rows as one sorted run. */
export async function writeRun(
  scratch: Pick<Scratch, "read" | "write">,
  name: string,
  rows: readonly RunRow[],
): Promise<void> {
  const run = new RunBuilder();
  for (const row of rows) run.add(row);
  await run.write(scratch, name);
}
