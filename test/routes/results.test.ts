import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { fromBufferPromise } from "yauzl";
import type { FileRow } from "../../server/backend/schema.ts";
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
});
