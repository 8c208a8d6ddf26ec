import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import type { JobView } from "../../server/presenters/view-types.ts";
import { isLive, says, useScene } from "./scene.ts";

const scene = useScene();

/** A list with one job, live. */
async function openList(): Promise<{ job: JobView; page: Page }> {
  const job = scene.server.add({ title: "Import number 0" });
  const page = await scene.open("/jobs");
  await isLive(page);
  return { job, page };
}

/** Sends frames that replace the whole row, quicker than any job does. */
async function sendRows(page: Page, job: JobView, times: number): Promise<void> {
  for (let number = 1; number <= times; number++) {
    scene.server.change(job.id, { title: `Import number ${number}` }, true);
    await page.waitForTimeout(25);
  }
}

describe("a person who is busy with a part of the page", () => {
  test("presses a link while twenty frames come, and the click lands", async () => {
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
    await says(page, `#open-${job.id}`, "Import number 20");
    expect(await page.evaluate("self.clicks")).toBe(1);
  });

  test("keeps the focus across frames", async () => {
    const { job, page } = await openList();
    await page.focus(`#open-${job.id}`);
    await sendRows(page, job, 20);
    await says(page, `#open-${job.id}`, "Import number 20");
    expect(await page.evaluate("document.activeElement.id")).toBe(`open-${job.id}`);
  });

  test("keeps a selected text until it is let go of", async () => {
    const { job, page } = await openList();
    await page.evaluate(
      `getSelection().selectAllChildren(document.getElementById("open-${job.id}"))`,
    );
    await sendRows(page, job, 5);
    expect(await page.evaluate("String(getSelection())")).toMatch("Import number 0");
    await page.evaluate("getSelection().removeAllRanges()");
    await says(page, `#open-${job.id}`, "Import number 5");
  });

  test("does not hold up the rest of the page, nor the part for ever", async () => {
    const other = scene.server.add();
    const { job, page } = await openList();
    await page.evaluate(
      `getSelection().selectAllChildren(document.getElementById("open-${job.id}"))`,
    );
    await sendRows(page, job, 2);
    scene.server.change(other.id, { percent: 61, percentText: "61 %" });
    await says(page, `#progress-${other.id} b`, "61 %");
    expect(await page.textContent(`#open-${job.id}`)).toMatch("Import number 0");
    await says(page, `#open-${job.id}`, "Import number 2");
  });

  test("keeps opened details open", async () => {
    const { job, page } = await openList();
    const details = "<details><summary>More</summary></details>";
    for (const number of [1, 2]) {
      const attributes = `id="row-${job.id}" data-version="${200 + number}" data-time="1"`;
      const row = `<div ${attributes} hx-swap-oob="true"><p>${number}</p>${details}</div>`;
      scene.server.send("message", row);
      await says(page, `#row-${job.id} p`, String(number));
      if (number === 1) await page.click(`#row-${job.id} summary`);
    }
    expect(await page.locator(`#row-${job.id} details[open]`).count()).toBe(1);
  });

  test("reads the log where it was scrolled to, or follows its end", async () => {
    const job = scene.server.add();
    const lines = Array.from({ length: 60 }, (_, number) => `Line ${number}`);
    scene.server.log(job.id, ...lines);
    const page = await scene.open(job.href);
    await isLive(page);
    const log = page.locator(".lines");
    const fromEnd = () =>
      log.evaluate((list) => list.scrollHeight - list.clientHeight - list.scrollTop);
    expect(await fromEnd()).toBeLessThan(2);
    scene.server.log(job.id, "followed");
    await says(page, ".lines", "followed");
    expect(await fromEnd()).toBeLessThan(2);

    await log.evaluate((list) => list.scrollTo(0, 40));
    scene.server.log(job.id, "not followed");
    await says(page, ".lines", "not followed");
    expect(await log.evaluate((list) => list.scrollTop)).toBe(40);
  });
});
