import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { fromBufferPromise } from "yauzl";
import { z } from "zod";
import type { FileRow } from "../../server/backend/schema.ts";
import { defineJob, type Kind } from "../../server/job.ts";
import { backends } from "../support/backends.ts";
import { openSite, type Site } from "../support/site.ts";

describe.each(backends)("the results of a job, on $name", (which) => {
  let site: Site;
  let ada: Awaited<ReturnType<Site["join"]>>;
  let grace: typeof ada;
  beforeAll(async () => {
    site = await openSite(which);
    [ada, grace] = await Promise.all([site.join("ada"), site.join("grace")]);
  });
  afterAll(() => site.close());

  /** Inserts a done job with these files. */
  async function ended(files: Record<string, string>, different: Partial<FileRow> = {}) {
    const id = await ada.start("counting");
    const { db } = site.backend;
    const done = { status: "done" as const, started_at: 1, finished_at: Date.now() };
    await db.updateTable("jobs").set(done).where("id", "=", id).execute();
    for (const [name, content] of Object.entries(files)) {
      const storage_key = `jobs/${id}/files/${name}`;
      const { size } = await site.storage.save(storage_key, [Buffer.from(content)]);
      const row = { id: `${name}-of-${id}`, job_id: id, role: "result" as const, name, size };
      const storedFile = {
        storage_key,
        created_at: Date.now(),
        expires_at: null,
        deleted_at: null,
      };
      const file = { ...row, ...storedFile, media_type: "text/csv", ...different };
      await db.insertInto("files").values(file).execute();
    }
    return id;
  }

  test("the page previews a file and links to it for this person", async () => {
    const id = await ended({ "people.csv": "Email,Name\nann@x.test,<Ann>\n" });
    const page = await ada.browser.text(`/jobs/${id}`);
    expect(page).toContain("<td>&lt;Ann&gt;</td>");
    expect(page).not.toContain("results.zip");
    const resultHref = /href="(\/jobs\/[^"]+\/result\?file=[^"]+)"/.exec(page)![1]!;
    const link = (await ada.browser.get(resultHref)).headers.get("location")!;
    expect(await ada.browser.text(link)).toContain("ann@x.test");
    expect((await grace.browser.get(resultHref)).status).toBe(404);
    expect((await grace.browser.get(link)).status).toBe(404);
  });

  test("an expired link is replaced by a new one with one click", async () => {
    const id = await ended({ "people.csv": "Email\n" });
    const link = (await ada.browser.get(`/jobs/${id}/result`)).headers.get("location")!;
    const expires = Number(/expires=(\d+)/.exec(link)![1]);
    expect(expires - Date.now()).toBeGreaterThan(71.9 * 3_600_000);
    expect(expires - Date.now()).toBeLessThan(72.1 * 3_600_000);
    const later = vi.spyOn(site.backend, "now").mockReturnValue(expires + 1);
    const answer = await ada.browser.get(link);
    expect(answer.status).toBe(410);
    const newLinkHref = /href="([^"]+)">Get a new link</.exec(await answer.text())![1]!;
    const fresh = (await ada.browser.get(newLinkHref)).headers.get("location")!;
    expect((await ada.browser.get(fresh)).status).toBe(200);
    later.mockRestore();
  });

  test("the first of several files has the button, and of many the only open preview", async () => {
    const id = await ended({ "a.csv": "1\n", "b.csv": "2\n", "c.csv": "3\n" });
    const { db } = site.backend;
    await db
      .updateTable("files")
      .set({ expires_at: 1 })
      .where("id", "=", `a.csv-of-${id}`)
      .execute();
    const page = await ada.browser.text(`/jobs/${id}`);
    const names = [...page.matchAll(/class="btn primary" href="[^"]*"[^>]*>[\s\S]*?(\w\.csv)/g)];
    expect(names.map(([, name]) => name)).toEqual(["b.csv"]);
    const open = (html: string) => html.match(/<details class="file-preview"[^>]* open>/g);
    expect(open(page)).toHaveLength(2);
    const many = await ended(
      Object.fromEntries([..."abcde"].map((name) => [`${name}.csv`, "1\n"])),
    );
    expect(open(await ada.browser.text(`/jobs/${many}`))).toEqual([
      expect.stringContaining("preview-a.csv-of-"),
    ]);
    expect(page).toMatch(/data-result>c\.csv<[\s\S]*?2 B/);
  });

  test("several files are downloaded as one ZIP archive", async () => {
    const id = await ended({ "a.csv": "1\n", "b.csv": "2\n" });
    const page = await ada.browser.text(`/jobs/${id}`);
    expect(page).toContain(`href="/jobs/${id}/results.zip"`);
    const answer = await ada.browser.get(`/jobs/${id}/results.zip`, { "accept-encoding": "gzip" });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "application/zip",
      "content-disposition": expect.stringContaining("filename=Count.zip"),
      "cache-control": "private, no-store, no-transform",
    });
    expect(answer.headers.get("content-encoding")).toBeNull();
    const zip = await fromBufferPromise(Buffer.from(await answer.arrayBuffer()), {
      autoClose: false,
    });
    const found: Record<string, string> = {};
    for await (const entry of zip.eachEntry())
      found[entry.fileName] = (await buffer(await zip.openReadStreamPromise(entry))).toString();
    expect(found).toEqual({ "a.csv": "1\n", "b.csv": "2\n" });
    expect((await grace.browser.get(`/jobs/${id}/results.zip`)).status).toBe(404);
  });

  test("an expired file is shown as expired and cannot be downloaded", async () => {
    const id = await ended({ "a.csv": "1\n", "b.csv": "2\n" }, { expires_at: 1 });
    const page = await ada.browser.text(`/jobs/${id}`);
    expect(page).toContain("expired");
    expect(page).not.toContain("/result?file=");
    for (const path of ["result", "results.zip", `result?file=a.csv-of-${id}`]) {
      const answer = await ada.browser.get(`/jobs/${id}/${path}`);
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain("This job has no result");
    }
  });

  test("the page is complete while the storage is unavailable", async () => {
    const id = await ended({ "people.csv": "Email\n" });
    await site.storage.delete(`jobs/${id}/files/people.csv`);
    const page = await ada.browser.text(`/jobs/${id}`);
    expect(page).toContain("people.csv</a>");
    expect(page).not.toContain("preview-toggle");
  });

  test("a page of HTML opens apart from Headway: in a frame, in a tab, and as a download", async () => {
    const html = "<script>parent.alert(1)</script><h1>Report</h1>";
    const id = await ended({ "report.html": html }, { media_type: "text/html" });
    const page = await ada.browser.text(`/jobs/${id}`);
    const openHref = `/jobs/${id}/result?file=report.html-of-${id}&amp;open=1`;
    expect(page).toContain(`src="${openHref}" sandbox loading="lazy"`);
    expect(page).toContain(`<a href="${openHref}" target="_blank" rel="noopener">Open</a>`);
    const open = await ada.browser.get(openHref.replace("&amp;", "&"));
    const link = open.headers.get("location")!;
    const shown = await ada.browser.get(link);
    expect(await shown.text()).toBe(html);
    expect(Object.fromEntries(shown.headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": expect.stringMatching(/^sandbox; default-src 'none'; /),
      "x-content-type-options": "nosniff",
      "x-frame-options": "SAMEORIGIN",
    });
    expect(shown.headers.get("content-disposition")).toBeNull();
    expect(shown.headers.get("content-security-policy")).not.toContain("allow-");
    const file = await ada.browser.get(link.replace("&open=1", ""));
    expect(file.headers.get("content-disposition")).toContain("attachment");
    expect(file.headers.get("x-frame-options")).toBe("DENY");
    expect((await grace.browser.get(link)).status).toBe(404);
  });

  test("a file that is no page of HTML is never shown by its link", async () => {
    const id = await ended({ "a.svg": "<svg/>" }, { media_type: "image/svg+xml" });
    const opened = await ada.browser.get(`/jobs/${id}/result?open=1`);
    const answer = await ada.browser.get(opened.headers.get("location")!);
    expect(answer.headers.get("content-disposition")).toContain("attachment");
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  });
});

const totals = defineJob({
  title: "Totals",
  description: "Returns data.",
  input: z.object({ page: z.string().optional(), size: z.int().default(0) }),
  steps: { Adding: 1 },
  retryAfter: [],
  run: async (_, { page, size }) => ({
    message: "Added up",
    data: { total_amount: 1_234.5, currency: "<EUR>", by_month: [1, 2], rest: "x".repeat(size) },
    ...(page && { page }),
  }),
});

describe.each(backends)("the data of a result, on $name", (which) => {
  let site: Site;
  let ada: Awaited<ReturnType<Site["join"]>>;
  beforeAll(async () => {
    site = await openSite(which, new Map([["totals", totals as unknown as Kind]]));
    ada = await site.join("ada");
  });
  afterAll(() => site.close());
  const run = async (input: Record<string, unknown> = {}) => {
    const id = await ada.start("totals", input);
    await site.runNext();
    return id;
  };

  const read = async (id: string) => {
    const token = await site.accounts.createToken(ada.userId, id);
    const headers = { authorization: `Bearer ${token}`, host: "localhost" };
    return (await site.app.request(`/api/jobs/${id}`, { headers })).json();
  };

  test("is on the page of the job and in the API", async () => {
    const id = await run();
    const page = await ada.browser.text(`/jobs/${id}`);
    expect(page).toContain("<dt>Total amount</dt><dd>1,234.5</dd>");
    expect(page).toContain("<dt>Currency</dt><dd>&lt;EUR&gt;</dd>");
    expect(await read(id)).toMatchObject({
      data: { total_amount: 1234.5, currency: "<EUR>", by_month: [1, 2], rest: "" },
    });
  });

  test("that is too large fails the job, which says what to do instead", async () => {
    expect(await read(await run({ size: 300_000 }))).toMatchObject({
      ...{ status: "failed", data: null },
      error_message: expect.stringContaining("at most 256,000 are kept. Write a file instead"),
    });
  });

  test("has no link to a page that does not exist, and the log says so", async () => {
    const missing = await ada.browser.text(`/jobs/${await run({ page: "/crawls/7" })}`);
    expect(missing).not.toContain('id="result-page"');
    expect(missing).toContain("There is no page &quot;/crawls/7&quot; to link to");
    const found = await ada.browser.text(`/jobs/${await run({ page: "/contacts?q=a" })}`);
    expect(found).toContain('id="result-page" href="/contacts?q=a"');
  });
});
