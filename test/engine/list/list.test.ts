import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { minJobIdAt } from "../../../server/engine/job-id.ts";
import { countByStatus } from "../../../server/engine/list/counts.ts";
import { countJobs, listIds, listJobs } from "../../../server/engine/list/list.ts";
import type { JobFilter } from "../../../server/engine/list/list-ranges.ts";
import { isFinal, statuses } from "../../../server/engine/status.ts";
import { addAccount, backends, openTestBackend } from "../../support/backends.ts";
import { jobRow } from "../../support/job-row.ts";

const rank = ["running", "paused", "queued"];

describe.each(backends)("job lists on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  // Many jobs ended at the same moment, so that a page can end between them.
  const rows = Array.from({ length: 60 }, (_, n) => {
    const status = statuses[n % statuses.length]!;
    return jobRow({
      status,
      kind: n % 4 ? "noop" : "urgent",
      user_id: n % 3 ? "person-1" : "person-2",
      finished_at: isFinal(status) ? 1_000 + Math.floor(n / 20) : null,
    });
  });
  beforeAll(async () => {
    opened = await openTestBackend(which);
    await addAccount(opened.backend, "account-2");
    const elsewhere = jobRow({ account_id: "account-2" });
    await opened.backend.db
      .insertInto("jobs")
      .values([...rows, elsewhere])
      .execute();
  });
  afterAll(() => opened.close());

  /** @returns the ids of all pages of this length in order */
  async function pages(filter: Omit<JobFilter, "accountId">, limit: number): Promise<string[]> {
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const accountFilter = { accountId: "account-1", ...filter };
      const page = await listJobs(opened.backend.db, accountFilter, { limit, after });
      expect(page.jobs.length).toBeLessThanOrEqual(limit);
      ids.push(...page.jobs.map(({ id }) => id));
      after = page.next;
    } while (after);
    return ids;
  }

  /** The ids in the expected order. */
  const expected = [...rows]
    .sort((a, b) => {
      const byEnd = (b.finished_at ?? Number.MAX_VALUE) - (a.finished_at ?? Number.MAX_VALUE);
      const byRank = rank.indexOf(a.status) - rank.indexOf(b.status);
      return byEnd || (a.finished_at ? 0 : byRank) || (a.id < b.id ? 1 : -1);
    })
    .map(({ id }) => id);

  test("the list has each job once in pages of any length, running first, then by latest end", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 70 }), async (limit) => {
        expect(await pages({}, limit)).toEqual(expected);
      }),
      { numRuns: 12 },
    );
  });

  test("the list filters by person, status and kind", async () => {
    const filter = {
      userId: "person-1",
      statuses: ["failed", "queued"],
      kinds: ["noop"],
    } as const;
    const fitting = rows.filter(
      ({ user_id, status, kind }) =>
        user_id === "person-1" && kind === "noop" && ["failed", "queued"].includes(status),
    );
    const ids = new Set(fitting.map(({ id }) => id));
    expect(await pages(filter, 4)).toEqual(expected.filter((id) => ids.has(id)));
  });

  test("the list filters by many kinds and is empty for none", async () => {
    const many = [...Array.from({ length: 80 }, (_, n) => `kind-${n}`), "urgent"];
    const urgent = new Set(rows.filter(({ kind }) => kind === "urgent").map(({ id }) => id));
    expect(await pages({ kinds: many }, 4)).toEqual(expected.filter((id) => urgent.has(id)));
    expect(await pages({ kinds: [] }, 4)).toEqual([]);
  });

  test("a list with an invalid cursor begins at the start", async () => {
    const page = (after: string) =>
      listJobs(opened.backend.db, { accountId: "account-1" }, { limit: 3, after });
    for (const after of ["", "x", "ended.x.y", "1", "1.id", ".id"]) {
      expect((await page(after)).jobs.map(({ id }) => id)).toEqual(expected.slice(0, 3));
    }
  });

  test("the list of a period has the jobs that ended in it and the active ones created in it", async () => {
    const [from, to] = [1_001, 1_002];
    const inSpan = ({ finished_at, id }: (typeof rows)[number]) =>
      finished_at === null ? id >= minJobIdAt(from) && id < minJobIdAt(to) : finished_at === 1_001;
    const ids = new Set(rows.filter(inSpan).map(({ id }) => id));
    expect(ids.size).toBeGreaterThan(5);
    expect(await pages({ period: { from, to } }, 3)).toEqual(expected.filter((id) => ids.has(id)));
    const later = await pages({ period: { from: Date.now() - 60_000 } }, 50);
    const active = rows.filter(({ finished_at }) => finished_at === null);
    expect(later).toEqual(expected.filter((id) => active.some((row) => row.id === id)));
  });

  test("listIds and countJobs agree with the pages and obey their limits", async () => {
    const filter = { accountId: "account-1", statuses: ["failed", "queued"] } as const;
    const ids = await pages(filter, 50);
    const { db } = opened.backend;
    expect(await listIds(db, filter, 100)).toEqual(ids);
    expect(await listIds(db, filter, 3)).toEqual(ids.slice(0, 3));
    expect(await countJobs(db, filter, 100)).toBe(ids.length);
    expect(await countJobs(db, filter, 3)).toBe(4);
  });

  test("the list can exclude kinds", async () => {
    const usual = new Set(rows.filter(({ kind }) => kind === "noop").map(({ id }) => id));
    expect(await pages({ notKinds: ["urgent"] }, 7)).toEqual(
      expected.filter((id) => usual.has(id)),
    );
  });

  test("countByStatus agrees with the list", async () => {
    const { db } = opened.backend;
    const all = await countByStatus(db, { accountId: "account-1" });
    const own = await countByStatus(db, { accountId: "account-1", userId: "person-2" });
    for (const status of statuses) {
      expect(all[status]).toBe(rows.filter((row) => row.status === status).length);
      const mine = rows.filter((row) => row.status === status && row.user_id === "person-2");
      expect(own[status]).toBe(mine.length);
    }
  });

  test("a cleared job is not listed", async () => {
    const ended = rows.find(({ finished_at }) => finished_at !== null)!;
    const hide = (hidden_at: number | null) =>
      opened.backend.db.updateTable("jobs").set({ hidden_at }).where("id", "=", ended.id).execute();
    await hide(5);
    expect(await pages({}, 50)).toEqual(expected.filter((id) => id !== ended.id));
    await hide(null);
  });
});
