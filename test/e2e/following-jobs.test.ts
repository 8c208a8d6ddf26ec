import type { BrowserContext, Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { startJob, useApplication } from "../support/scene/application.ts";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";

const scene = useApplication();
const phone = { width: 360, height: 740 };

const idOf = (path: string): string => path.slice("/jobs/".length);
const iconOf = (page: Page): Promise<string | null> => page.getAttribute("link[rel=icon]", "href");

async function cancel(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.click(".actions button:has-text('Cancel')");
  await expectText(page, ".job-panel .status-badge", "Cancelled");
}

/** Starts a job and closes its page. */
async function startAndLeave(context: BrowserContext, kind: string, input = {}): Promise<string> {
  const page = await context.newPage();
  const path = await startJob(page, kind, input);
  await page.close();
  return path;
}

describe("a row of the list", () => {
  test("a row opens in place with the end of its log and stays open while the job runs", async () => {
    const context = await scene.newContext({ viewport: phone });
    const path = await startAndLeave(context, "ticking", { ticks: 600, pace: 50 });
    const page = await context.newPage();
    await page.goto("/jobs");
    await waitUntilLive(page);
    const more = page.locator(`#details-${idOf(path)}`);
    await more.locator("summary").focus();
    await page.keyboard.press("Enter");
    const lines = more.locator(".log-lines li");
    await lines.first().waitFor();
    const last = await lines.last().textContent();
    await expect.poll(() => lines.last().textContent()).not.toBe(last);
    // The row itself was replaced meanwhile: its counts were empty before.
    await expect.poll(() => more.locator(".item-counts dd").textContent()).not.toBe("");
    expect(await more.getAttribute("open")).not.toBeNull();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(phone.width);
    await more.getByRole("button", { name: "Cancel" }).click();
    await page.waitForSelector(`#row-${idOf(path)}.cancelled`);
    expect(new URL(page.url()).pathname).toBe("/jobs");
  });

  test("an open row shows its steps and buttons without JavaScript", async () => {
    const context = await scene.newContext({ javaScriptEnabled: false });
    const path = await startAndLeave(context, "result_page", { ms: 60_000 });
    const page = await context.newPage();
    const mark = () => page.textContent(`#row-${idOf(path)} .status-badge`);
    await expect
      .poll(async () => (await page.goto("/jobs")) && (await mark()))
      .toContain("Running");
    const more = page.locator(`#details-${idOf(path)}`);
    await more.locator("summary").click();
    await expectText(page, `#details-${idOf(path)} .steps .running`, "Sleeping");
    // Jobs of this kind cannot be cancelled.
    const buttons = await more.getByRole("button").allTextContents();
    expect(buttons.map((text) => text.trim())).toEqual(["Pause"]);
    await more.getByRole("button", { name: "Pause" }).click();
    expect(new URL(page.url()).pathname).toBe("/jobs");
    await expect.poll(async () => (await page.goto("/jobs")) && (await mark())).toContain("Paused");
  });
});

test("the header lists active jobs live on every page except the dashboard", async () => {
  const context = await scene.newContext({ viewport: phone });
  const paths = [
    await startAndLeave(context, "ticking", { ticks: 2_000, pace: 50 }),
    await startAndLeave(context, "ticking", { ticks: 2_001, pace: 50 }),
  ];
  const page = await context.newPage();
  await page.goto("/contacts");
  await waitUntilLive(page);
  const count = Number(await page.textContent("#tray b"));
  expect(count).toBeGreaterThanOrEqual(2);
  await page.click("#tray-button");
  const row = `#tray #row-${idOf(paths[0]!)}`;
  const first = await page.textContent(`${row} [id^=progress-] p`);
  await expect.poll(() => page.textContent(`${row} [id^=progress-] p`)).not.toBe(first);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(phone.width);
  await page.keyboard.press("Escape");
  expect(await page.getAttribute("#tray", "open")).toBeNull();

  // The page of a job does not list that job.
  await page.goto(paths[0]!);
  expect(await page.locator(`#row-${idOf(paths[0]!)}`).count()).toBe(0);
  expect(await page.locator(`#row-${idOf(paths[1]!)}`).count()).toBe(1);
  await page.goto("/jobs");
  expect(await page.locator("#tray").count()).toBe(0);

  await page.goto("/contacts");
  await waitUntilLive(page);
  const other = await context.newPage();
  await cancel(other, paths[1]!);
  await expectText(page, "#tray b", new RegExp(`^${count - 1}$`));
  await expectText(page, "#announce", "Ticking: Cancelled");
  await cancel(other, paths[0]!);
});

describe("a finished job", () => {
  test("the title and icon of a background tab follow the job to its outcome", async () => {
    const context = await scene.newContext();
    const page = await context.newPage();
    await startJob(page, "ticking", { ticks: 60, pace: 100 });
    await waitUntilLive(page);
    const front = await context.newPage();
    await front.goto("/contacts");
    await front.bringToFront();
    await expect.poll(() => page.title()).toMatch(/^\(\d+%\) Ticking/);
    const drawn = await iconOf(page);
    await expect.poll(() => iconOf(page)).not.toBe(drawn);
    await expect.poll(() => page.title()).toBe("Ticking · Headway");
    expect(decodeURIComponent((await iconOf(page))!)).toContain("#1c7440");
  });

  test("the sound plays once across all tabs if it is switched on", async () => {
    const context = await scene.newContext();
    await context.addInitScript(`
      self.notes = 0;
      const { start } = OscillatorNode.prototype;
      OscillatorNode.prototype.start = function (...args) { notes++; return start.apply(this, args); };
    `);
    const page = await context.newPage();
    const path = await startJob(page, "ticking", { ticks: 2_000, pace: 100 });
    await waitUntilLive(page);
    await page.click("#sound-switch");
    expect(await page.getAttribute("#sound-switch", "aria-pressed")).toBe("true");
    // Switching the sound on plays a sample.
    await expect.poll(() => page.evaluate("notes")).toBe(2);
    const other = await context.newPage();
    await other.goto(path);
    await waitUntilLive(other);
    expect(await other.getAttribute("#sound-switch", "aria-pressed")).toBe("true");
    await other.click("h1");
    const token = await page.inputValue(".actions [name=token] >> nth=0");
    await page.request.post(`${path}/cancel`, { form: { token } });
    for (const each of [page, other]) await each.waitForSelector(".job-panel.cancelled");
    const notes = async () =>
      Number(await page.evaluate("notes")) + Number(await other.evaluate("notes"));
    await expect.poll(notes).toBe(4);
    await page.waitForTimeout(500);
    expect(await notes()).toBe(4);
    await page.goto("/settings");
    await page.uncheck("#sound");
    await page.click("#keep-preferences");
    expect(await page.getAttribute("body", "data-sound")).toBeNull();
  });

  test("the page opens the result for a person who watched the job, and Back stays on the job", async () => {
    const page = await scene.openPage("/jobs");
    const path = await startJob(page, "result_page", { ms: 2_500 });
    await waitUntilLive(page);
    await page.waitForURL("**/contacts?q=made");
    await page.goBack();
    await page.waitForSelector(".job-panel.done");
    await page.waitForTimeout(1_000);
    expect(new URL(page.url()).pathname).toBe(path);
    await page.reload();
    await page.waitForTimeout(1_000);
    expect(new URL(page.url()).pathname).toBe(path);
  });
});
