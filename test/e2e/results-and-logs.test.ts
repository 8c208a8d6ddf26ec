import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { fromBufferPromise } from "yauzl";
import { isLive, patiently, says, startJob, useApplication } from "./scene.ts";

const scene = useApplication();

/** The words of the lines that are there. */
const lines = (page: Page) => page.locator("#log .lines li > span").allTextContents();

async function filesOfZip(page: Page): Promise<string[]> {
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("#result-zip")]);
  expect(file.suggestedFilename()).toBe("Fruitful.zip");
  const zip = await fromBufferPromise(await readFile(await file.path()));
  const names: string[] = [];
  for await (const { fileName } of zip.eachEntry()) names.push(fileName);
  return names;
}

async function looksAtFiles(page: Page): Promise<void> {
  expect(await page.locator(".look th").allTextContents()).toEqual(["Name", "Weight"]);
  expect(await page.locator(".look td").allTextContents()).toEqual(["Boskoop", "180"]);
  expect((await page.locator(".look pre").innerText()).trimEnd()).toBe("first\n  second");
  const image = page.locator(".look img");
  await image.scrollIntoViewIfNeeded();
  await expect
    .poll(() =>
      image.evaluate((each) => (each as unknown as { naturalWidth: number }).naturalWidth),
    )
    .toBe(120);
  expect(await filesOfZip(page)).toEqual(["apples.csv", "notes.txt", "tree.svg"]);
}

describe("what a job left", () => {
  test("comes with its end: looks into the files, and all of them at once", async () => {
    const page = await scene.open("/jobs");
    await startJob(page, "fruitful", { rounds: 4 });
    await isLive(page);
    await says(page, ".outcome", "Grew for 4 rounds");
    await page.waitForSelector("#result-zip");
    await looksAtFiles(page);
  });

  test("is there without JavaScript", async () => {
    const page = await scene.open("/jobs", { javaScriptEnabled: false });
    await startJob(page, "fruitful", { rounds: 1 });
    await says(page, ".outcome", "Grew for 1 rounds");
    await looksAtFiles(page);
    await page.click("#log-level-error");
    expect(await lines(page)).toEqual(["Error: Round 1: a wasp"]);
    expect(await page.isVisible("#log-follow")).toBe(false);
    await page.click("#log .lines a");
    expect(page.url()).toMatch(/\?line=3#log-[\w-]+-3$/);
    expect(await lines(page)).toHaveLength(3);
    await says(page, "#log .marked > span", "Error: Round 1: a wasp");
    const [log] = await Promise.all([page.waitForEvent("download"), page.click("#log-download")]);
    expect(await readFile(await log.path(), "utf8")).toMatch(/^\S+Z info {2}Round 1\n/);
  });
});

test("the log is shown by level, in place and live", async () => {
  const page = await scene.open("/jobs");
  const job = await startJob(page, "fruitful", { rounds: 24 });
  await isLive(page);
  const title = await page.title();
  await page.evaluate("self.stayed = true");
  await page.click("#log-level-warn");
  await expect.poll(() => page.getAttribute("#log-level-warn", "aria-current")).toBe("true");
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(`${job}?level=warn`);
  const before = (await lines(page)).length;
  await expect.poll(async () => (await lines(page)).length, patiently).toBeGreaterThan(before + 3);
  expect((await lines(page)).filter((line) => !/^(Warning|Error): /.test(line))).toEqual([]);
  await page.click("#log-level-all");
  await says(page, ".outcome", "Grew for 24 rounds");
  await expect.poll(async () => (await lines(page)).length, patiently).toBe(72);
  const numbers = await page.locator("#log .lines li > a").allTextContents();
  expect(numbers).toEqual(Array.from({ length: 72 }, (_, at) => String(at + 1)));
  expect(await page.evaluate("self.stayed")).toBe(true);
  expect(await page.title()).toBe(title.replace(/^\(\d+%\) /, ""));
});

test("only the failed rows are tried again, with one click", async () => {
  const csv = join(scene.place.storageDir, "guests.csv");
  await writeFile(csv, "Email,Name\nann@x.test,Ann\nbo,Bo\ncy,Cy\n");
  const page = await scene.open("/jobs/new/contact_import");
  await page.setInputFiles("input[type=file]", csv);
  await page.click("#submit");
  await page.click("#mapping #submit");
  await says(page, ".outcome", "Imported 1 of 3, 2 rows rejected");
  const first = page.url();
  await page.click("text=Retry 2 rejected rows");
  await page.waitForURL((url) => url.href !== first);
  await says(page, "h1", "Import contacts guests, 2 rejected rows.csv");
  await says(page, ".outcome", /Imported 0 of 2|2 rows rejected/);
  await page.goto(first);
  await page.click("text=Retry 2 rejected rows");
  await says(page, "#flash", "It had been started again already");
});
