import { expect, test } from "vitest";
import { joinRuns } from "../../../../jobs/lib/external-sort/join-runs.ts";
import type { RunRow } from "../../../../jobs/lib/external-sort/run-row.ts";
import { mergeRuns } from "../../../../jobs/lib/external-sort/sorted-runs.ts";
import { collect, memoryScratch } from "../../../support/memory-files.ts";
import { writeRun } from "./write-run.ts";

async function threeRuns() {
  const scratch = memoryScratch(1_000);
  const names = ["a", "b", "c"];
  for (const [run, name] of names.entries()) {
    const rows = Array.from({ length: 500 }, (_, at): RunRow => {
      const order = at * 3 + run;
      return [`ü${(order * 7_919) % 1_000}@x.test`, order, order % 2 ? null : "\n"];
    });
    await writeRun(scratch, name, rows);
  }
  return { scratch, names };
}

test("joinRuns writes the rows of several runs into one in order", async () => {
  const { scratch, names } = await threeRuns();
  await joinRuns(scratch, names, "joined", new AbortController().signal);
  const joined = (await collect(mergeRuns(scratch, ["joined"]))).flat();
  expect(joined).toHaveLength(1_500);
  expect(joined).toEqual((await collect(mergeRuns(scratch, names))).flat());
});

test("joinRuns stops without a file when its signal is aborted", async () => {
  const { scratch, names } = await threeRuns();
  const signal = AbortSignal.abort(new Error("asked to stop"));
  await expect(joinRuns(scratch, names, "joined", signal)).rejects.toThrow("asked to stop");
  expect(scratch.files.has("joined")).toBe(false);
});
