import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { fromBufferPromise } from "yauzl";
import { startJob, useApplication } from "../support/scene/application.ts";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";

const scene = useApplication();

/** The messages of the log lines on the page. */
const readLines = (page: Page) => page.locator("#log .log-lines li > span").allTextContents();

async function downloadArchive(page: Page): Promise<string[]> {
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("#result-zip")]);
  expect(file.suggestedFilename()).toBe("Logs and files.zip");
  const zip = await fromBufferPromise(await readFile(await file.path()));
  const names: string[] = [];
  for await (const { fileName } of zip.eachEntry()) names.push(fileName);
  return names;
}

async function expectPreviews(page: Page): Promise<void> {
  expect(await page.locator(".file-preview th").allTextContents()).toEqual(["Name", "Weight"]);
  expect(await page.locator(".file-preview td").allTextContents()).toEqual(["Boskoop", "180"]);
  expect((await page.locator(".file-preview pre").innerText()).trimEnd()).toBe("first\n  second");
  const image = page.locator(".file-preview img");
  await image.scrollIntoViewIfNeeded();
  await expect
    .poll(() =>
      image.evaluate((each) => (each as unknown as { naturalWidth: number }).naturalWidth),
    )
    .toBe(120);
  expect(await downloadArchive(page)).toEqual(["apples.csv", "notes.txt", "tree.svg"]);
}

describe("the results of a job", () => {
  test("the results appear when the job finishes, with previews and one archive of all files", async () => {
    const page = await scene.openPage("/jobs");
    await startJob(page, "logs_and_files", { rounds: 4 });
    await waitUntilLive(page);
    await expectText(page, ".outcome", "Logged 4 rounds");
    await page.waitForSelector("#result-zip");
    await expectPreviews(page);
  });

  test("the results and the log work without JavaScript", async () => {
    const page = await scene.openPage("/jobs", { javaScriptEnabled: false });
    await startJob(page, "logs_and_files", { rounds: 1 });
    await expectText(page, ".outcome", "Logged 1 rounds");
    await expectPreviews(page);
    await page.click("#log-level-error");
    expect(await readLines(page)).toEqual(["Error: Round 1: failed"]);
    expect(await page.isVisible("#log-follow")).toBe(false);
    await page.click("#log .log-lines a");
    expect(page.url()).toMatch(/\?line=3#log-[\w-]+-3$/);
    expect(await readLines(page)).toHaveLength(3);
    await expectText(page, "#log .marked > span", "Error: Round 1: failed");
    const [log] = await Promise.all([page.waitForEvent("download"), page.click("#log-download")]);
    expect(await readFile(await log.path(), "utf8")).toMatch(/^\S+Z info {2}Round 1\n/);
  });
});

test("the log can be filtered by level in place and stays live", async () => {
  const page = await scene.openPage("/jobs");
  const job = await startJob(page, "logs_and_files", { rounds: 24 });
  await waitUntilLive(page);
  const title = await page.title();
  await page.evaluate("self.stayed = true");
  await page.click("#log-level-warn");
  await expect.poll(() => page.getAttribute("#log-level-warn", "aria-current")).toBe("true");
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(`${job}?level=warn`);
  const before = (await readLines(page)).length;
  await expect.poll(async () => (await readLines(page)).length).toBeGreaterThan(before + 3);
  expect((await readLines(page)).filter((line) => !/^(Warning|Error): /.test(line))).toEqual([]);
  await page.click("#log-level-all");
  await expectText(page, ".outcome", "Logged 24 rounds");
  await expect.poll(async () => (await readLines(page)).length).toBe(72);
  const numbers = await page.locator("#log .log-lines li > a").allTextContents();
  expect(numbers).toEqual(Array.from({ length: 72 }, (_, at) => String(at + 1)));
  expect(await page.evaluate("self.stayed")).toBe(true);
  expect(await page.title()).toBe(title.replace(/^\(\d+%\) /, ""));
});

test("the rejected rows are fixed in a table and imported, where a retry would reject them again", async () => {
  const csv = join(scene.place.storageDir, "guests.csv");
  await writeFile(csv, "Email,Name\nann@x.test,Ann\nbo,Bo\ncy,Cy\n");
  const page = await scene.openPage("/jobs/new/contact_import");
  await page.setInputFiles("input[type=file]", csv);
  await page.click("#submit");
  await page.click("#mapping #submit");
  await expectText(page, ".outcome", "Imported 1 of 3, 2 rows rejected");
  await expectText(page, ".job-panel .status-badge", "Done with rejects");
  const first = page.url();
  expect(await page.locator("text=Retry 2 rejected rows").count()).toBe(0);
  await page.click("text=Fix 2 rejected rows");
  await expectText(page, "h1", "Fix 2 rejected rows");
  // Both rows are wrong in the same cell.
  expect(
    await page.locator("[aria-invalid]").evaluateAll((cells) => cells.map(({ id }) => id)),
  ).toEqual(["cell-0-0", "cell-1-0"]);
  await page.click("#submit");
  await expectText(page, "#mend [role=alert]", "Correct at least one cell");
  await page.fill("#cell-0-0", "bo@x.test");
  await page.click("#submit");
  await page.waitForURL((url) => url.href !== first && /\/jobs\/[0-9a-f-]{36}$/.test(url.pathname));
  await expectText(page, "h1", "Import contacts guests-rejected.csv");
  await expectText(page, ".outcome", "Imported 1 of 2, 1 row rejected");
  await page.click("text=Fix 1 rejected row");
  expect(await page.inputValue("#cell-0-0")).toBe("cy");
});

test("an import of which every row is rejected says so in amber, and links to no contacts", async () => {
  const csv = join(scene.place.storageDir, "nobody.csv");
  await writeFile(csv, "Email,Name\nbo,Bo\ncy,Cy\n");
  const page = await scene.openPage("/jobs/new/contact_import");
  await page.setInputFiles("input[type=file]", csv);
  await page.click("#submit");
  await page.click("#mapping #submit");
  await expectText(page, ".outcome", "Nothing imported: all 2 rows were rejected");
  await expectText(page, ".job-panel .status-badge", "Nothing imported");
  expect(await page.locator("#result-page").count()).toBe(0);
  expect(await page.locator("text=Undo this import").count()).toBe(0);
  const colorOf = (selector: string) =>
    page.evaluate<string>(`getComputedStyle(document.querySelector("${selector}")).color`);
  const amber = await colorOf(".job-panel .status-badge");
  const panel = `#panel-${page.url().split("/").at(-1)}`;
  expect(await colorOf(`${panel} .steps .done .icon`)).not.toBe("rgb(28, 116, 64)");
  expect(amber).toBe("rgb(143, 90, 0)");
  await page.goto("/jobs");
  expect(await colorOf(".job-row .status-badge.nothing-done")).toBe(amber);
});
