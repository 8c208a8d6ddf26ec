import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import {
  type LogPosition,
  type MinLevel,
  readLogPage,
  streamLog,
} from "../../server/engine/job-log.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { insertJob } from "../support/job-row.ts";
import { findUnboundedReads } from "../support/query-plans.ts";

const count = 60_000;

/** Every tenth line is a warning, every hundredth of these an error; one note. */
async function fill({ db, name }: Backend, jobId: string): Promise<void> {
  await sql`insert into job_logs (job_id, seq, level, message, created_at)
    with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(count)})
    select ${jobId}, n, case when n = 501 then 'note' when n % 1000 = 0 then 'error'
      when n % 10 = 0 then 'warn' else 'info' end, 'line', 1000 from numbers`.execute(db);
  await sql.raw(name === "postgres" ? "vacuum analyze job_logs" : "analyze job_logs").execute(db);
}

describe.each(backends)("a long log, on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  let id: string;
  beforeAll(async () => {
    opened = await openTestBackend(which);
    ({ id } = await insertJob(opened.backend, { log_seq: count }));
    await fill(opened.backend, id);
    const other = await insertJob(opened.backend);
    await fill(opened.backend, other.id);
  });
  afterAll(() => opened.close());

  /** First and last number, how many, and whether there is more on either side. */
  async function page(place?: LogPosition, least?: MinLevel) {
    const { lines, earlier, later } = await readLogPage(opened.backend.db, id, place, least);
    const seqs = lines.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    return [seqs[0], seqs.at(-1), seqs.length, earlier, later];
  }

  test("is shown by its last lines, those before or behind one, and those around one", async () => {
    expect(await page()).toEqual([59_001, 60_000, 1_000, true, false]);
    expect(await page({ before: 1_201 })).toEqual([201, 1_200, 1_000, true, true]);
    expect(await page({ before: 201 })).toEqual([1, 200, 200, false, true]);
    expect(await page({ after: 200 })).toEqual([201, 1_200, 1_000, true, true]);
    expect(await page({ after: 59_000 })).toEqual([59_001, 60_000, 1_000, true, false]);
    expect(await page({ line: 5_000 })).toEqual([4_500, 5_499, 1_000, true, true]);
    expect(await page({ line: 3 })).toEqual([1, 502, 502, false, true]);
    expect(await page({ line: 60_000 })).toEqual([59_500, 60_000, 501, true, false]);
    expect(await page({ line: 99_999 })).toEqual([59_501, 60_000, 500, true, false]);
  });

  test("by level, with the notes of what was dropped", async () => {
    expect(await page(undefined, "warn")).toEqual([50_010, 60_000, 1_000, true, false]);
    expect(await page({ before: 520 }, "warn")).toEqual([10, 510, 52, false, true]);
    expect(await page({ after: 490 }, "error")).toEqual([501, 60_000, 61, true, false]);
    expect(await page(undefined, "error")).toEqual([501, 60_000, 61, false, false]);
  });

  test("comes whole, in pieces", async () => {
    for (const [least, expected] of [
      [undefined, count],
      ["warn", 6_001],
      ["error", 61],
    ] as const) {
      const seqs: number[] = [];
      for await (const lines of streamLog(opened.backend.db, id, least)) {
        expect(lines.length).toBeLessThanOrEqual(1_000);
        seqs.push(...lines.map(({ seq }) => seq));
      }
      expect([seqs.length, new Set(seqs).size]).toEqual([expected, expected]);
    }
  });

  // Postgres takes lines of one level for scattered, and sorts some thousand of them instead: there
  // the index keeps it from those of other levels, and no job has more than 100,000.
  const warnings: [string, LogPosition, MinLevel?][] =
    which.name === "sqlite" ? [["the last warnings", undefined, "warn"]] : [];
  test.each<[string, LogPosition, MinLevel?]>([
    ["the last lines", undefined],
    ["those around an early one", { line: 700 }],
    ["those behind one", { after: 300 }],
    ["earlier errors", { before: 59_000 }, "error"],
    ...warnings,
  ])("%s are found without reading the others", async (_, place, least) => {
    const wrong = await findUnboundedReads(opened.backend, (db) =>
      readLogPage(db, id, place, least),
    );
    expect(wrong).toEqual([]);
  });
});
