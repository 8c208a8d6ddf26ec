import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { JobRow } from "../../../server/backend/schema.ts";
import { cancel } from "../../../server/engine/cancel.ts";
import { pause } from "../../../server/engine/pause.ts";
import { backends } from "../../support/backends.ts";
import { openSite, type Site } from "../../support/site.ts";

describe.each(backends)("polling, on $name", (which) => {
  let site: Site;
  let ada: Awaited<ReturnType<Site["join"]>>;
  /** The clock of the backend is stopped; tests add to this. */
  let shift = 0;
  beforeAll(async () => {
    site = await openSite(which);
    const minute = Math.ceil(site.backend.now() / 60_000) * 60_000;
    site.backend.now = () => minute + shift;
    ada = await site.join("ada");
  });
  afterAll(() => site.close());
  afterEach(async () => void (await site.backend.db.deleteFrom("jobs").execute()));

  async function poll(topics: string, tag = "", after = "", who = ada) {
    const query = `topics=${topics}${after && `&after=${after}`}`;
    const headers: Record<string, string> = tag ? { "if-none-match": tag } : {};
    const answer = await who.browser.get(`/live?${query}`, headers);
    const { status } = answer;
    const [next, nextTag] = ["x-poll-after", "etag"].map((name) => answer.headers.get(name));
    return { status, next, tag: nextTag!, html: await answer.text() };
  }
  const log = (id: string, seq: number) =>
    site.backend.write(async ({ db }) => {
      const line = { level: "info" as const, message: `line ${seq}`, created_at: 0 };
      await db
        .insertInto("job_logs")
        .values({ job_id: id, seq, ...line })
        .execute();
      await db.updateTable("jobs").set({ log_seq: seq }).where("id", "=", id).execute();
    });
  const change = (id: string, columns: Partial<JobRow>) =>
    site.backend.db.updateTable("jobs").set(columns).where("id", "=", id).execute();
  /** Claims the job, which depends on the clock of the database. */
  const run = async (id: string) => {
    await change(id, { run_at: 0 });
    expect((await site.backend.queue.claim("worker-1"))?.id).toBe(id);
    const at = site.backend.now();
    await change(id, { started_at: at, claimed_at: at });
  };
  /** Advances the clock, by default until cached rows are outdated. */
  const later = (ms = 1_100) => {
    shift += ms;
  };

  test("a poll with the current tag gets no body until the job changes", async () => {
    const id = await ada.start("stepping");
    await pause(site, id, ada.userId);
    const first = await poll(`job:${id}`);
    expect(first).toMatchObject({ status: 200, next: "1" });
    expect(first.html).toContain(`panel-${id}`);
    expect(await poll(`job:${id}`, first.tag)).toMatchObject({ status: 304, html: "", next: "1" });
    // The row presents the same state in another fragment.
    expect((await poll(`row:${id}`, first.tag)).html).toContain(`row-${id}`);
    await cancel(site, id, ada.userId);
    // The server reads a row at most once a second.
    expect((await poll(`job:${id}`, first.tag)).status).toBe(304);
    later();
    const ended = await poll(`job:${id}`, first.tag);
    expect(ended).toMatchObject({ status: 200, next: "0" });
    expect(ended.html).toContain("Cancelled");
  });

  test("a running job is rendered anew every few seconds without a write, and a paused one is not", async () => {
    const [running, standing] = [await ada.start("stepping"), await ada.start("counting")];
    await run(running);
    await pause(site, standing, ada.userId);
    const tags = [(await poll(`job:${running}`)).tag, (await poll(`job:${standing}`)).tag];
    later(3_100);
    expect((await poll(`job:${running}`, tags[0])).status).toBe(200);
    expect((await poll(`job:${standing}`, tags[1])).status).toBe(304);
  });

  test("a poll with the current tag gets the log lines behind its cursor", async () => {
    const id = await ada.start("stepping");
    await pause(site, id, ada.userId);
    const { tag } = await poll(`job:${id}`);
    await log(id, 1);
    await log(id, 2);
    later();
    const answer = await poll(`job:${id}`, tag, `${id}:1`);
    expect(answer.status).toBe(200);
    expect(answer.html).toContain("line 2");
    expect(answer.html).not.toContain("line 1");
    expect((await poll(`job:${id}`, tag, `${id}:2`)).status).toBe(304);
  });

  test("the next poll comes later the older the job is, and when a queued job is due", async () => {
    const id = await ada.start("stepping");
    for (const [ms, seconds] of [
      [60_000, "4"],
      [240_000, "20"],
      [3_600_000, "30"],
    ] as const) {
      later(ms);
      expect((await poll(`job:${id}`)).next).toBe(seconds);
    }
    const due = site.backend.now() + 12_000;
    await change(id, { run_at: due });
    later();
    expect(Number((await poll(`job:${id}`)).next)).toBeLessThanOrEqual(11);
    // The age of a running job is counted from its start.
    later(12_000);
    await run(id);
    later();
    expect((await poll(`job:${id}`)).next).toBe("1");
    expect((await poll("jobs:mine")).next).toBe("10");
    expect((await poll("job:0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e9f")).next).toBe("0");
  });

  test("a job rendered for its owner is not sent to another account", async () => {
    const id = await ada.start("stepping");
    const mine = await poll(`job:${id},row:${id}`);
    expect(mine.html).toContain(`row-${id}`);
    const eve = await site.join("eve");
    const hers = await poll(`job:${id},row:${id}`, mine.tag, "", eve);
    expect(hers).toMatchObject({ status: 200, next: "0" });
    expect(hers.html).not.toContain(id);
  });

  test("many polls at the same time read a job once", async () => {
    const id = await ada.start("stepping");
    await poll(`job:${id}`);
    let reads = 0;
    const { db } = site.backend;
    site.backend.db.selectFrom = new Proxy(db.selectFrom, {
      apply(target, self, given) {
        if (given[0] === "jobs" || given[0] === "job_steps") reads++;
        return Reflect.apply(target, self, given);
      },
    });
    later();
    const answers = await Promise.all(Array.from({ length: 20 }, () => poll(`job:${id}`)));
    expect(new Set(answers.map(({ html }) => html)).size).toBe(1);
    expect(reads).toBe(1);
  });
});
