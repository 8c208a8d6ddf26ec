import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import type { JobView } from "../../server/presenters/job.ts";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";
import { useLiveServer } from "../support/scene/live-server.ts";

const scene = useLiveServer();

/** Opens a list with one job. */
async function openList(): Promise<{ job: JobView; page: Page }> {
  const job = scene.server.addJob({ title: "Import number 0" });
  const page = await scene.openPage("/jobs");
  await waitUntilLive(page);
  return { job, page };
}

/** Sends frames that replace the whole row, faster than any job does. */
async function sendRows(page: Page, job: JobView, times: number): Promise<void> {
  for (let number = 1; number <= times; number++) {
    scene.server.updateJob(job.id, { title: `Import number ${number}` }, true);
    await page.waitForTimeout(25);
  }
}

describe("live updates while the person uses the page", () => {
  test("a click lands on its link although twenty frames arrive while it is pressed", async () => {
    const { job, page } = await openList();
    await page.evaluate("self.clicks = 0");
    await page.evaluate(
      "document.addEventListener('click', (event) => { event.preventDefault(); self.clicks++; })",
    );
    await page.hover(`#open-${job.id}`);
    await page.mouse.down();
    await sendRows(page, job, 20);
    expect(await page.textContent(`#open-${job.id}`)).toMatch("Import number 0");
    await page.mouse.up();
    await expectText(page, `#open-${job.id}`, "Import number 20");
    expect(await page.evaluate("self.clicks")).toBe(1);
  });

  test("a focused link keeps the focus when frames replace its row", async () => {
    const { job, page } = await openList();
    await page.focus(`#open-${job.id}`);
    await sendRows(page, job, 20);
    await expectText(page, `#open-${job.id}`, "Import number 20");
    expect(await page.evaluate("document.activeElement.id")).toBe(`open-${job.id}`);
  });

  test("selected text stays until the selection is removed", async () => {
    const { job, page } = await openList();
    await page.evaluate(
      `getSelection().selectAllChildren(document.getElementById("open-${job.id}"))`,
    );
    await sendRows(page, job, 5);
    expect(await page.evaluate("String(getSelection())")).toMatch("Import number 0");
    await page.evaluate("getSelection().removeAllRanges()");
    await expectText(page, `#open-${job.id}`, "Import number 5");
  });

  test("a selection delays only the frames of its own part, and not for ever", async () => {
    const other = scene.server.addJob();
    const { job, page } = await openList();
    await page.evaluate(
      `getSelection().selectAllChildren(document.getElementById("open-${job.id}"))`,
    );
    await sendRows(page, job, 2);
    scene.server.updateJob(other.id, { percent: 61, percentText: "61 %" });
    await expectText(page, `#progress-${other.id} b`, "61 %");
    expect(await page.textContent(`#open-${job.id}`)).toMatch("Import number 0");
    await expectText(page, `#open-${job.id}`, "Import number 2");
  });

  test("open details stay open when a frame replaces their row", async () => {
    const { job, page } = await openList();
    const details = "<details><summary>More</summary></details>";
    for (const number of [1, 2]) {
      const attributes = `id="row-${job.id}" data-version="${200 + number}" data-time="1"`;
      const row = `<div ${attributes} hx-swap-oob="true"><p>${number}</p>${details}</div>`;
      scene.server.send("message", row);
      await expectText(page, `#row-${job.id} p`, String(number));
      if (number === 1) await page.click(`#row-${job.id} summary`);
    }
    expect(await page.locator(`#row-${job.id} details[open]`).count()).toBe(1);
  });

  test("the log keeps its scroll position unless it follows its end", async () => {
    const job = scene.server.addJob();
    const lines = Array.from({ length: 60 }, (_, number) => `Line ${number}`);
    scene.server.appendLog(job.id, ...lines);
    const page = await scene.openPage(job.href);
    await waitUntilLive(page);
    const log = page.locator(".log-lines");
    const fromEnd = () =>
      log.evaluate((list) => list.scrollHeight - list.clientHeight - list.scrollTop);
    expect(await fromEnd()).toBeLessThan(2);
    scene.server.appendLog(job.id, "followed");
    await expectText(page, ".log-lines", "followed");
    expect(await fromEnd()).toBeLessThan(2);

    await log.evaluate((list) => list.scrollTo(0, 40));
    scene.server.appendLog(job.id, "not followed");
    await expectText(page, ".log-lines", "not followed");
    expect(await log.evaluate((list) => list.scrollTop)).toBe(40);
  });
});
