import { describe, expect, test } from "vitest";
import { isLive, says, useScene } from "./scene.ts";

const scene = useScene();

describe("the page of a job", () => {
  test("says in its title how far the job is, until it has ended", async () => {
    const job = scene.server.add({ percent: 41.7 });
    const page = await scene.open(job.href);
    await expect.poll(() => page.title()).toBe("(42%) Import contacts · Headway");
    await isLive(page);
    scene.server.change(job.id, { percent: 61 });
    await expect.poll(() => page.title()).toBe("(61%) Import contacts · Headway");
    scene.server.change(job.id, { status: "done", shown: "done", active: false }, true);
    await expect.poll(() => page.title()).toBe("Import contacts · Headway");
  });

  test("announces quarters and the end, once each, in a region that stays", async () => {
    const job = scene.server.add({ percent: 10 });
    const page = await scene.open(job.href);
    await isLive(page);
    await page.evaluate(`
      self.said = [];
      const region = document.getElementById("announce");
      new MutationObserver(() => self.said.push(region.textContent))
        .observe(region, { childList: true, characterData: true, subtree: true });
    `);
    for (const percent of [20, 25.2, 30, 26, 51, 52, 76, 99])
      scene.server.change(job.id, { percent });
    const ended = {
      status: "done",
      shown: "done",
      active: false,
      label: "Done",
      outcome: "Imported 99,702 of 100,000 rows",
    } as const;
    scene.server.change(job.id, ended, true);
    scene.server.change(job.id, ended, true);
    await says(page, "#announce", "Done");
    expect(await page.evaluate("self.said")).toEqual([
      "Import contacts: 25 %",
      "Import contacts: 50 %",
      "Import contacts: 75 %",
      "Import contacts autumn-fair.csv: Done. Imported 99,702 of 100,000 rows",
    ]);
  });

  test("does not announce what was so when it was opened", async () => {
    const job = scene.server.add({ percent: 80 });
    const page = await scene.open(job.href);
    await isLive(page);
    scene.server.change(job.id, { percent: 90, percentText: "90 %" });
    await says(page, `#progress-${job.id} b`, "90 %");
    expect(await page.textContent("#announce")).toBe("");
  });

  test("gets the buttons that fit when the status changes", async () => {
    const job = scene.server.add();
    const page = await scene.open(job.href);
    await isLive(page);
    const asked = () => scene.server.requests.filter((path) => path.endsWith("/viewer")).length;
    scene.server.change(job.id, { label: "Still running" }, true);
    await says(page, `#panel-${job.id} .mark`, "Still running");
    expect(asked()).toBe(0);
    await page.focus(`#cancel-${job.id}`);
    scene.server.change(job.id, { status: "failed", shown: "failed", active: false }, true);
    await page.waitForSelector(`#retry-${job.id}`);
    expect(await page.locator(".actions button").count()).toBe(1);
    expect(asked()).toBe(1);
    // The button that had the focus is gone, its place is not.
    expect(await page.evaluate("document.activeElement.id")).toBe(`actions-${job.id}`);
  });

  test("tells with the status what may be done with it now, and who did what", async () => {
    const job = scene.server.add();
    const page = await scene.open(job.href);
    await isLive(page);
    await says(page, "#change", "Start another like it");
    await page.click("#history-toggle");
    scene.server.change(job.id, { status: "cancelled", shown: "cancelled", active: false }, true);
    await says(page, "#change", "Change and run again");
    // It stays as open as it was.
    expect(await page.isVisible("#history li")).toBe(true);
    expect(await page.textContent("#history li")).toContain("You cancelled it");
  });

  test("sends a form once, and can send it again when the person comes back", async () => {
    const job = scene.server.add();
    scene.server.postTakes = 500;
    const page = await scene.open(job.href);
    await page.dblclick(`#cancel-${job.id}`, { noWaitAfter: true });
    const posts = () => scene.server.requests.filter((path) => path.startsWith("POST"));
    await expect.poll(posts).toEqual([`POST /jobs/${job.id}/cancel`]);
    await page.waitForTimeout(1000);
    expect(posts().length).toBe(1);
    // A page that is closed while it is being left may not let go of its browser.
    const answered = page.waitForEvent("load");
    await page.click(`#cancel-${job.id}`);
    await expect.poll(() => posts().length).toBe(2);
    await answered;
  });

  test("shows times in the person's own zone", async () => {
    const browser = scene.context.browser()!;
    const baseURL = scene.server.url;
    const context = await browser.newContext({
      baseURL,
      timezoneId: "Asia/Tokyo",
      locale: "en-GB",
    });
    const page = await context.newPage();
    const job = scene.server.add();
    await page.goto(job.href);
    const times = page.locator(`#panel-${job.id} time`);
    expect(await times.first().textContent()).toBe("23 Nov, 23:03");
    await isLive(page);
    scene.server.change(job.id, { label: "Changed" }, true);
    await says(page, `#panel-${job.id} .mark`, "Changed");
    expect(await times.first().textContent()).toBe("23 Nov, 23:03");
    await context.close();
  });
});
