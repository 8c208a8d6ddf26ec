import { describe, expect, test } from "vitest";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";
import { useLiveServer } from "../support/scene/live-server.ts";

const scene = useLiveServer();

describe("a job's page", () => {
  test("the title of the tab shows the progress until the job is final", async () => {
    const job = scene.server.addJob({ percent: 41.7 });
    const page = await scene.openPage(job.href);
    await expect.poll(() => page.title()).toBe("(42%) Import contacts · Headway");
    await waitUntilLive(page);
    scene.server.updateJob(job.id, { percent: 61 });
    await expect.poll(() => page.title()).toBe("(61%) Import contacts · Headway");
    scene.server.updateJob(job.id, { status: "done", displayStatus: "done", active: false }, true);
    await expect.poll(() => page.title()).toBe("Import contacts · Headway");
  });

  test("the status region announces each quarter and the end once", async () => {
    const job = scene.server.addJob({ percent: 10 });
    const page = await scene.openPage(job.href);
    await waitUntilLive(page);
    await page.evaluate(`
      self.announced = [];
      const region = document.getElementById("announce");
      new MutationObserver(() => self.announced.push(region.textContent))
        .observe(region, { childList: true, characterData: true, subtree: true });
    `);
    for (const percent of [20, 25.2, 30, 26, 51, 52, 76, 99])
      scene.server.updateJob(job.id, { percent });
    const final = {
      status: "done",
      displayStatus: "done",
      active: false,
      label: "Done",
      outcome: "Imported 99,702 of 100,000 rows",
    } as const;
    scene.server.updateJob(job.id, final, true);
    scene.server.updateJob(job.id, final, true);
    await expectText(page, "#announce", "Done");
    expect(await page.evaluate("self.announced")).toEqual([
      "Import contacts: 25 %",
      "Import contacts: 50 %",
      "Import contacts: 75 %",
      "Import contacts autumn-fair.csv: Done. Imported 99,702 of 100,000 rows",
    ]);
  });

  test("the status region does not announce progress from before the page was opened", async () => {
    const job = scene.server.addJob({ percent: 80 });
    const page = await scene.openPage(job.href);
    await waitUntilLive(page);
    scene.server.updateJob(job.id, { percent: 90, percentText: "90 %" });
    await expectText(page, `#progress-${job.id} b`, "90 %");
    expect(await page.textContent("#announce")).toBe("");
  });

  test("the page loads new buttons when the status changes", async () => {
    const job = scene.server.addJob();
    const page = await scene.openPage(job.href);
    await waitUntilLive(page);
    const loads = () => scene.server.requests.filter((path) => path.endsWith("/viewer")).length;
    scene.server.updateJob(job.id, { label: "Still running" }, true);
    await expectText(page, `#panel-${job.id} .status-badge`, "Still running");
    expect(loads()).toBe(0);
    await page.focus(`#cancel-${job.id}`);
    scene.server.updateJob(
      job.id,
      { status: "failed", displayStatus: "failed", active: false },
      true,
    );
    await page.waitForSelector(`#retry-${job.id}`);
    expect(await page.locator(".actions button").count()).toBe(1);
    expect(loads()).toBe(1);
    // The focused button is gone, and the focus moves to its container.
    expect(await page.evaluate("document.activeElement.id")).toBe(`actions-${job.id}`);
  });

  test("the page updates its history and its link to a new job when the status changes", async () => {
    const job = scene.server.addJob();
    const page = await scene.openPage(job.href);
    await waitUntilLive(page);
    await expectText(page, "#change", "Duplicate");
    await page.click("#history-toggle");
    scene.server.updateJob(
      job.id,
      { status: "cancelled", displayStatus: "cancelled", active: false },
      true,
    );
    await expectText(page, "#change", "Edit and run again");
    // The history stays open.
    expect(await page.isVisible("#history li")).toBe(true);
    expect(await page.textContent("#history li")).toContain("You cancelled this job");
  });

  test("a form is sent once on a double click, and again after the person returns", async () => {
    const job = scene.server.addJob();
    scene.server.postDelay = 500;
    const page = await scene.openPage(job.href);
    await page.dblclick(`#cancel-${job.id}`, { noWaitAfter: true });
    const posts = () => scene.server.requests.filter((path) => path.startsWith("POST"));
    await expect.poll(posts).toEqual([`POST /jobs/${job.id}/cancel`]);
    await page.waitForTimeout(1000);
    expect(posts().length).toBe(1);
    // Closing a page during a navigation may block the browser.
    const answered = page.waitForEvent("load");
    await page.click(`#cancel-${job.id}`);
    await expect.poll(() => posts().length).toBe(2);
    await answered;
  });

  test("times are shown in the person's time zone", async () => {
    const browser = scene.context.browser()!;
    const baseURL = scene.server.url;
    const context = await browser.newContext({
      baseURL,
      timezoneId: "Asia/Tokyo",
      locale: "en-GB",
    });
    const page = await context.newPage();
    const job = scene.server.addJob();
    await page.goto(job.href);
    const times = page.locator(`#panel-${job.id} time`);
    expect(await times.first().textContent()).toBe("23 Nov, 23:03");
    await waitUntilLive(page);
    scene.server.updateJob(job.id, { label: "Changed" }, true);
    await expectText(page, `#panel-${job.id} .status-badge`, "Changed");
    expect(await times.first().textContent()).toBe("23 Nov, 23:03");
    await context.close();
  });
});
