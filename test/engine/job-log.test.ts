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

/** Inserts lines: every 10th is a warning, every 1,000th an error, and one is a note. */
async function fill({ db, name }: Backend, jobId: string): Promise<void> {
  await sql`insert into job_logs (job_id, seq, level, message, created_at)
    with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(count)})
    select ${jobId}, n, case when n = 501 then 'note' when n % 1000 = 0 then 'error'
      when n % 10 = 0 then 'warn' else 'info' end, 'line', 1000 from numbers`.execute(db);
  await sql.raw(name === "postgres" ? "vacuum analyze job_logs" : "analyze job_logs").execute(db);
}

describe.each(backends)("long logs on $name", (which) => {
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

  /** @returns the first and last line number, the count, and whether there are earlier and later lines */
  async function page(place?: LogPosition, minLevel?: MinLevel) {
    const { lines, earlier, later } = await readLogPage(opened.backend.db, id, place, minLevel);
    const seqs = lines.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    return [seqs[0], seqs.at(-1), seqs.length, earlier, later];
  }

  test("readLogPage returns the last lines, those before or after a line, or those around one", async () => {
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

  test("readLogPage filters by level and always includes notes", async () => {
    expect(await page(undefined, "warn")).toEqual([50_010, 60_000, 1_000, true, false]);
    expect(await page({ before: 520 }, "warn")).toEqual([10, 510, 52, false, true]);
    expect(await page({ after: 490 }, "error")).toEqual([501, 60_000, 61, true, false]);
    expect(await page(undefined, "error")).toEqual([501, 60_000, 61, false, false]);
  });

  test("streamLog yields the whole log in pages", async () => {
    for (const [minLevel, expected] of [
      [undefined, count],
      ["warn", 6_001],
      ["error", 61],
    ] as const) {
      const seqs: number[] = [];
      for await (const lines of streamLog(opened.backend.db, id, minLevel)) {
        expect(lines.length).toBeLessThanOrEqual(1_000);
        seqs.push(...lines.map(({ seq }) => seq));
      }
      expect([seqs.length, new Set(seqs).size]).toEqual([expected, expected]);
    }
  });

  // Postgres estimates that the lines of one level are scattered and sorts some thousands of them. The
  // index still excludes the lines of other levels, and no job has more than 100,000 lines.
  const warnings: [string, LogPosition, MinLevel?][] =
    which.name === "sqlite" ? [["the last warnings", undefined, "warn"]] : [];
  test.each<[string, LogPosition, MinLevel?]>([
    ["the last lines", undefined],
    ["the lines around an early one", { line: 700 }],
    ["the lines after one", { after: 300 }],
    ["earlier errors", { before: 59_000 }, "error"],
    ...warnings,
  ])("readLogPage finds %s without reading other lines", async (_, place, minLevel) => {
    const unbounded = await findUnboundedReads(opened.backend, (db) =>
      readLogPage(db, id, place, minLevel),
    );
    expect(unbounded).toEqual([]);
  });
});
