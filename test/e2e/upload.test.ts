import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { beforeAll, describe, expect, test } from "vitest";
import { openBackend } from "../../server/backend/open.ts";
import { startProxy } from "../support/failing-proxy.ts";
import { killFamily } from "../support/processes.ts";
import { signIn, useApplication } from "../support/scene/application.ts";
import { expectText } from "../support/scene/browser.ts";

const scene = useApplication({ environment: { UPLOAD_LIMIT_MB: "20" } });
const form = "/jobs/new/contact_import";

let large: string;
beforeAll(async () => {
  large = await file("large.csv", 4_000_000);
});

/** Writes a file of about the size with people in it. @returns its path */
async function file(name: string, bytes: number): Promise<string> {
  const path = join(scene.place.storageDir, name);
  const row = () => `${randomBytes(8).toString("hex")}@example.com,${"Ada Lovelace ".repeat(20)}\n`;
  const length = row().length;
  const rows = Array.from({ length: Math.ceil(bytes / length) }, row);
  await writeFile(path, `email,name\n${rows.join("")}`);
  return path;
}

/** Opens the page of the upload over a slow line. @param bytesPerSecond upwards */
async function openSlow(bytesPerSecond: number, url = form): Promise<Page> {
  const page = await scene.openPage(url);
  await throttle(page, bytesPerSecond);
  return page;
}

async function throttle(page: Page, bytesPerSecond: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.emulateNetworkConditions", {
    ...{ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond },
  });
}

/** Waits until some of the file has been sent. */
async function untilUnderWay(page: Page): Promise<void> {
  await expectText(page, ".upload-status", /^[1-9]\.\d of 4\.0 MB/);
}

async function partialUploads() {
  const backend = await openBackend(join(scene.place.storageDir, "headway.db"));
  try {
    return await backend.db.selectFrom("partial_uploads").selectAll().execute();
  } finally {
    await backend.close();
  }
}

/** @returns the offset from which the next bytes are sent */
async function nextOffset(page: Page, act: () => Promise<unknown>): Promise<number> {
  const [request] = await Promise.all([
    page.waitForRequest((each) => each.method() === "PATCH"),
    act(),
  ]);
  return Number(request.headers()["upload-offset"]);
}

describe("an upload", () => {
  test("shows bytes, speed and the time left, and then the mapping of the columns", async () => {
    const page = await openSlow(1_000_000);
    await page.setInputFiles("input[type=file]", large);
    await page.click("#submit");
    await expectText(page, ".uploads .uploaded-file", "large.csv 4.0 MB");
    await expectText(
      page,
      ".upload-status",
      /^\d\.\d of 4\.0 MB · (\d{3} kB|1\.\d MB)\/s · \d s left$/,
    );
    const value = Number(await page.locator(".uploads progress").getAttribute("value"));
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThan(1);
    expect(await page.isVisible("#submit")).toBe(false);
    await page.waitForSelector("#mapping");
    await expectText(page, ".uploaded-file", /large\.csv 4\.0 MB/);
    expect(await partialUploads()).toEqual([]);
  });

  test("is cancelled without a trace, and the form is back", async () => {
    const page = await openSlow(500_000);
    await page.setInputFiles("input[type=file]", large);
    await page.click("#submit");
    await untilUnderWay(page);
    expect(await partialUploads()).toHaveLength(1);
    await page.click(".uploads button:has-text('Cancel')");
    await page.waitForSelector("#submit");
    expect(await page.locator(".uploads li").count()).toBe(0);
    await expect.poll(partialUploads).toEqual([]);
  });

  test("retries by itself when the connection breaks, and goes on after a longer outage with Resume", async () => {
    const proxy = await startProxy(scene.port);
    const page = await openSlow(500_000, `${proxy.url}${form}`);
    await page.setInputFiles("input[type=file]", large);
    await page.click("#submit");
    await untilUnderWay(page);
    const retried = await nextOffset(page, async () => proxy.dropConnections());
    expect(retried).toBeGreaterThan(500_000);
    await sleep(500);
    proxy.closed = true;
    proxy.dropConnections();
    await expectText(
      page,
      ".upload-status",
      /^Connection lost at \d\.\d of 4\.0 MB\. Trying again$/,
    );
    await expectText(
      page,
      ".upload-status",
      /^Connection lost\. \d\.\d of 4\.0 MB are uploaded\.$/,
    );
    proxy.closed = false;
    await throttle(page, -1);
    expect(
      await nextOffset(page, () => page.click(".uploads button:has-text('Resume')")),
    ).toBeGreaterThanOrEqual(retried);
    await page.waitForSelector("#mapping");
    await expectText(page, ".uploaded-file", /large\.csv 4\.0 MB/);
  });

  test("goes on when the same file is chosen in a new tab, even after the server was killed", async () => {
    const page = await openSlow(500_000);
    await page.setInputFiles("input[type=file]", large);
    await page.click("#submit");
    await untilUnderWay(page);
    const context = page.context();
    await page.close();
    await killFamily(scene.app);
    await scene.restart();
    const again = await context.newPage();
    await again.goto(form);
    await again.setInputFiles("input[type=file]", large);
    expect(await nextOffset(again, () => again.click("#submit"))).toBeGreaterThan(500_000);
    await again.waitForSelector("#mapping");
    await expectText(again, ".uploaded-file", /large\.csv 4\.0 MB, about 14,000 rows/);
  });

  test("of a person who was signed out goes on once they have signed in", async () => {
    const proxy = await startProxy(scene.port);
    const page = await openSlow(500_000, `${proxy.url}${form}`);
    await page.setInputFiles("input[type=file]", large);
    await page.click("#submit");
    await untilUnderWay(page);
    await page.context().clearCookies();
    proxy.dropConnections();
    await expectText(
      page,
      ".upload-status",
      /^You were signed out\. Sign in, then resume\. Sign in$/,
    );
    const [tab] = await Promise.all([
      page.context().waitForEvent("page"),
      page.click(".upload-status a"),
    ]);
    await signIn(tab);
    await throttle(page, -1);
    expect(
      await nextOffset(page, () => page.click(".uploads button:has-text('Resume')")),
    ).toBeGreaterThan(100_000);
    await page.waitForSelector("#mapping");
  });

  test("that the server refuses says why, and can be removed", async () => {
    const page = await scene.openPage(form);
    const empty = join(scene.place.storageDir, "empty.csv");
    await writeFile(empty, "");
    await page.setInputFiles("input[type=file]", [await file("huge.csv", 20_100_000), empty]);
    await page.click("#submit");
    await expectText(page, ".uploads li:nth-child(1)", /The file is larger than 20 MB/);
    await expectText(page, ".uploads li:nth-child(2)", /The file is empty/);
    await page.click(".uploads li:nth-child(1) button:visible");
    await page.click(".uploads li button:visible");
    await page.waitForSelector("#submit");
  });
});

test("files that are dropped on the page are uploaded, and imported one after another", async () => {
  const page = await scene.openPage(form);
  await page.evaluate(`{
    const transfer = new DataTransfer();
    for (const name of ["one", "two", "three"]) {
      const text = "email,name\\n" + name + "@example.com," + name + "\\n";
      transfer.items.add(new File([text], name + ".csv", { type: "text/csv" }));
    }
    const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent("dragenter", options));
    if (!document.body.hasAttribute("data-dropping")) throw new Error("The page shows no target");
    document.body.dispatchEvent(new DragEvent("drop", options));
  }`);
  await page.waitForSelector("#mapping");
  await expectText(page, ".uploaded-file", /one\.csv/);
  await expectText(page, "#more-files", /^2 more files follow: two\.csv, three\.csv/);
  await page.selectOption("[name=duplicates]", "skip");
  await page.click("#submit");
  await expectText(page, ".uploaded-file", /two\.csv/);
  await expectText(page, "#flash", "Started: Import contacts one.csv View job");
  expect(await page.inputValue("[name=duplicates]")).toBe("skip");
  await page.click("#skip-file");
  await expectText(page, ".uploaded-file", /three\.csv/);
  expect(await page.locator("#more-files").count()).toBe(0);
  await page.click("#submit");
  await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
  await expectText(page, "h1", "Import contacts three.csv");
});

test("without JavaScript a form sends one file, and a refused one leads back to the form", async () => {
  const context = await scene.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(form);
  expect(await page.isVisible("#drop-hint")).toBe(false);
  const empty = join(scene.place.storageDir, "nothing.csv");
  await writeFile(empty, "");
  await page.setInputFiles("input[type=file]", empty);
  await page.click("#submit");
  await expectText(page, ".field-error", "The file is empty");
  expect(page.url()).not.toContain("token");
  await page.goto(page.url());
  expect(new URL(page.url()).pathname).toBe(form);
  await page.setInputFiles("input[type=file]", large);
  await page.click("#submit");
  await page.waitForSelector("#mapping");
});

test("a form that was sent looks busy, and is as before when the person comes back", async () => {
  const page = await scene.openPage("/jobs/new/countdown?from=601");
  await page.route("**/jobs", async (route) => {
    await sleep(1_500);
    await route.continue();
  });
  // Written down by the page, because Playwright waits for the next page after a click.
  await page.evaluate(`addEventListener("submit", () => setTimeout(() => {
    const { ariaBusy, disabled } = submit;
    sessionStorage.seen = [ariaBusy, disabled, getComputedStyle(submit).opacity];
  }, 300))`);
  await page.click("#submit");
  await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
  expect(await page.evaluate("sessionStorage.seen")).toBe("true,true,0.6");
  await page.goBack();
  expect(await page.locator("#submit").isDisabled()).toBe(false);
});
