import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { openSite, type Site } from "../support/site.ts";

const count = 2_500;
const messages = ["two\nlines <b>", "\u001b[2J\u0007ring \u0085\u009b31m\u2028next\ttab"];

describe.each(backends)("the log of a job, on $name", (which) => {
  let site: Site;
  let ada: Awaited<ReturnType<Site["join"]>>;
  let id: string;
  beforeAll(async () => {
    site = await openSite(which);
    ada = await site.join("ada");
    id = await ada.start("counting");
    await write(count);
  });
  afterAll(() => site.close());

  async function write(lines: number): Promise<void> {
    const { db } = site.backend;
    const rows = Array.from({ length: lines }, (_, at) => ({
      job_id: id,
      seq: at + 1,
      level:
        at % 100 === 99
          ? ("error" as const)
          : at % 10 === 9
            ? ("warn" as const)
            : ("info" as const),
      message: messages[at] ?? `line ${at + 1}`,
      created_at: Date.UTC(2026, 10, 23, 14, 5),
    }));
    for (let from = 0; from < lines; from += 1_000)
      await db
        .insertInto("job_logs")
        .values(rows.slice(from, from + 1_000))
        .execute();
    await db.updateTable("jobs").set({ log_seq: lines }).where("id", "=", id).execute();
  }

  /** @returns the numbers of the lines on a page, and the targets of its links */
  async function shown(query = "") {
    const answer = await ada.browser.get(`/jobs/${id}${query}`);
    expect(answer.status).toBe(200);
    const html = await answer.text();
    const seqs = [...html.matchAll(/<li class="[^"]*" id="log-[\w-]+-(\d+)"/g)].map(numberIn);
    const hrefs = ["earlier", "later", "newest", "download"].map((name) => {
      const found = new RegExp(`<a[^>]*id="log-${name}"[^>]*href="([^"]+)"`).exec(html)?.[1];
      return [name, found?.replace(`/jobs/${id}`, "").replaceAll("&amp;", "&")];
    });
    return { html, seqs, hrefs: Object.fromEntries(hrefs) as Record<string, string | undefined> };
  }
  const numberIn = ([, text]: RegExpMatchArray) => Number(text);

  test("shows its last thousand lines and a link to earlier ones", async () => {
    const page = await shown();
    expect([page.seqs[0], page.seqs.at(-1), page.seqs.length]).toEqual([1_501, 2_500, 1_000]);
    expect(page.hrefs).toMatchObject({
      earlier: "?before=1501#log",
      later: undefined,
      download: "/log",
    });
    expect(page.html).toContain(`data-last-line="${count}"`);
    const before = await shown("?before=1501");
    expect([before.seqs[0], before.seqs.at(-1)]).toEqual([501, 1_500]);
    expect(before.hrefs).toMatchObject({ later: "?after=1500#log", newest: "#log" });
    const after = await shown("?after=1500");
    expect(after.seqs).toEqual(page.seqs);
    expect(after.html).not.toContain("data-excerpt");
  });

  test("shows a linked line among its neighbours, however old it is", async () => {
    const page = await shown("?line=700");
    expect([page.seqs[0], page.seqs.at(-1)]).toEqual([200, 1_199]);
    expect(page.html).toMatch(new RegExp(`<li class="error marked" id="log-${id}-700">`));
    expect(page.html).toContain(`href="/jobs/${id}?line=700#log-${id}-700"`);
    // New lines must not be appended to these.
    expect(page.html).toContain("data-excerpt");
    expect(page.html).toContain(`data-last-line="${count}"`);
  });

  test("can be filtered by level on every page", async () => {
    const warnings = await shown("?level=warn");
    expect(warnings.seqs.length).toBe(250);
    expect(warnings.html).toMatch(/id="log-level-warn"[^>]* aria-current="true"/);
    expect(warnings.hrefs.download).toBe("/log?level=warn");
    const errors = await shown("?level=error&before=700");
    expect(errors.seqs).toEqual([100, 200, 300, 400, 500, 600]);
    expect(errors.hrefs).toMatchObject({
      later: "?level=error&after=600#log",
      newest: "?level=error#log",
    });
  });

  test.each(["?level=debug", "?line=x", "?before=-1", "?line=1e9", "?level=", "?level=toString"])(
    "ignores the invalid parameter %s",
    async (query) => {
      expect((await shown(query)).seqs.at(-1)).toBe(count);
    },
  );

  test.each(["?line=99999999999999", "?before=0", "?after=99999999999999"])(
    "shows the nearest lines for %s",
    async (query) => {
      expect((await shown(query)).seqs.length).toBeLessThanOrEqual(500);
    },
  );

  test("can be downloaded as a text file, whole or by level", async () => {
    const answer = await ada.browser.get(`/jobs/${id}/log`);
    expect(answer.headers.get("content-disposition")).toContain(
      'attachment; filename="Count, log.txt"',
    );
    const lines = (await answer.text()).split("\n");
    expect(lines.length).toBe(count + 1);
    expect(lines[0]).toBe("2026-11-23T14:05:00.000Z info  two lines <b>");
    // Terminals obey control characters, and the message may be of a file of a stranger.
    const escaped = "\\u001b[2J\\u0007ring \\u0085\\u009b31m\\u2028next\ttab";
    expect(lines[1]).toBe(`2026-11-23T14:05:00.000Z info  ${escaped}`);
    expect(lines[99]).toBe("2026-11-23T14:05:00.000Z error line 100");
    const errors = await ada.browser.text(`/jobs/${id}/log?level=error`);
    expect(errors.trim().split("\n").length).toBe(25);
    const head = await ada.browser.send(`/jobs/${id}/log`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  test("is not found by other people", async () => {
    const grace = await site.join(`grace-${which.name}`);
    expect((await grace.browser.get(`/jobs/${id}/log`)).status).toBe(404);
    expect((await grace.browser.get(`/jobs/${id}?line=1`)).status).toBe(404);
  });
});
