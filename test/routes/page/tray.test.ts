import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancel } from "../../../server/engine/cancel.ts";
import { backends } from "../../support/backends.ts";
import { openSite, type Site } from "../../support/site.ts";

const trayOf = (page: string): string =>
  /<details class="menu tray"[\s\S]*?<\/form>/.exec(page)?.[0] ?? "";
const rowsIn = (tray: string): string[] =>
  [...tray.matchAll(/ id="row-([\w-]+)"/g)].map(([, id]) => id!);
const countIn = (tray: string): string => /<b>([^<]*)<\/b>/.exec(tray)?.[1] ?? "";

describe.each(backends)("the active jobs in the header, on $name", (which) => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite(which);
  });
  afterAll(() => site.close());

  test("the tray shows the person's first five active jobs and their number", async () => {
    const ann = await site.join("ann");
    const bob = await site.join("bob");
    expect(trayOf(await ann.browser.text("/contacts"))).toBe("");
    const ids: string[] = [];
    for (let job = 0; job < 7; job++) ids.unshift(await ann.start("counting"));
    await bob.start("counting");
    const tray = trayOf(await ann.browser.text("/contacts"));
    expect(rowsIn(tray)).toEqual(ids.slice(0, 5));
    expect(countIn(tray)).toBe("7");
    expect(countIn(trayOf(await bob.browser.text("/settings")))).toBe("1");
    // Ended jobs leave the tray.
    for (const id of ids.slice(0, 6)) await cancel(site, id, ann.userId);
    expect(rowsIn(trayOf(await ann.browser.text("/jobs/new")))).toEqual(ids.slice(6));
  });

  test("the page watches the jobs of the tray, which leaves out the page's own job", async () => {
    const eve = await site.join("eve");
    const [first, second] = [await eve.start("counting"), await eve.start("counting")];
    const page = await eve.browser.text(`/jobs/${first}`);
    expect(rowsIn(trayOf(page))).toEqual([second]);
    expect(countIn(trayOf(page))).toBe("1");
    expect(page).toContain(`data-topics="job:${first} row:${second}"`);
    expect(page.match(new RegExp(`id="progress-${first}"`, "g"))).toHaveLength(1);
    expect(trayOf(await eve.browser.text("/jobs"))).toBe("");
  });
});
