import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { signedOut, signUp, useApplication } from "../support/scene/application.ts";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";

const scene = useApplication();
const jobPath = /\/jobs\/[0-9a-f-]{36}$/;

const before = "Email,Name,City\nann@x.test,Ann,Rome\nbo@x.test,Bo,\n";
const file =
  "Email,Name,City\nann@x.test,Ann,Paris\nbo@x.test,Bo,\ncy@x.test,Cy,Oslo\ndee,Dee,Bonn\n";

async function upload(page: Page, name: string, content: string): Promise<void> {
  const path = join(scene.place.storageDir, name);
  await writeFile(path, content);
  await page.goto("/jobs/new/contact_import");
  await page.setInputFiles("input[type=file]", path);
  await page.click("#submit");
  await page.waitForSelector("select[name^=mapping]");
}

/** Clicks, and waits for the page of another job. @returns its path */
async function clickToJob(page: Page, selector: string): Promise<string> {
  const from = page.url();
  await page.click(selector);
  await page.waitForURL((url) => url.href !== from && jobPath.test(url.pathname));
  return new URL(page.url()).pathname;
}

/** @returns "ann@x.test Rome" of each contact, by email */
async function contacts(page: Page): Promise<string[]> {
  const response = await page.request.get("/contacts");
  const html = await response.text();
  const ids = [
    ...new Set([...html.matchAll(/href="(\/contacts\/\d+)"/g)].map(([, path]) => path!)),
  ];
  const texts = await Promise.all(ids.map(async (path) => (await page.request.get(path)).text()));
  return texts
    .map((text) => {
      const email = /[a-z]+@x\.test/.exec(text)?.[0] ?? "";
      const city = /\b(Rome|Paris|Oslo|Bonn)\b/.exec(text.slice(0, text.indexOf("History")))?.[0];
      return `${email} ${city ?? "-"}`;
    })
    .sort();
}

describe.each([
  { name: "with JavaScript", javaScriptEnabled: true },
  { name: "without JavaScript", javaScriptEnabled: false },
])("$name", ({ javaScriptEnabled }) => {
  test("a person checks a file, imports it, fixes a row and undoes the import", async () => {
    const page = await scene.openPage("/sign-up", { ...signedOut, javaScriptEnabled });
    const email = `ann-${javaScriptEnabled}@example.com`;
    await signUp(page, { name: "Ann", email, password: "a long password" });
    await upload(page, "before.csv", before);
    await clickToJob(page, "#submit");
    await expectText(page, ".outcome", "Imported 2 of 2");
    const atFirst = await contacts(page);
    expect(atFirst).toEqual(["ann@x.test Rome", "bo@x.test -"]);

    await upload(page, "guests.csv", file);
    const check = await clickToJob(page, "#submit-validate_only");
    await expectText(page, "h1", "Check contacts guests.csv");
    await expectText(page, ".outcome", "Checked: 2 new or changed, 1 unchanged, 1 rejected");
    expect(await contacts(page)).toEqual(atFirst);

    const imported = await clickToJob(page, "button:has-text('Import these')");
    await expectText(page, "h1", "Import contacts guests.csv");
    await expectText(page, ".outcome", "Imported 3 of 3 (1 created, 1 updated, 1 unchanged)");
    await page.click("#result-page");
    await expectText(page, "#contact-count", "2 contacts");
    await page.goto(check);
    await expectText(page, ".follow-up-started", /^Imported by you on .* View job$/);
    await page.click("a:has-text('Fix 1 rejected row')");
    expect(await page.inputValue("#cell-0-0")).toBe("dee");
    await page.fill("#cell-0-0", "dee@x.test");
    await clickToJob(page, "#submit");
    await expectText(page, ".outcome", "Checked: 1 new or changed");

    await page.goto(imported);
    await page.click("a:has-text('Undo this import')");
    await expectText(page, "h1", "Undo this import?");
    const undo = await clickToJob(page, "#submit");
    await expectText(page, ".outcome", "Undid the changes of 2 contacts");
    expect(await page.locator("aside a").first().textContent()).toBe("Import contacts, guests.csv");
    expect(await contacts(page)).toEqual(atFirst);
    await page.click("#result-page");
    expect(new URL(page.url()).pathname).toBe(imported);
    await expectText(page, ".follow-up-started", /^Undone by you on/);
    expect(await page.getAttribute(".follow-up-started a", "href")).toBe(undo);
    expect(await page.locator("text=Undo this import").count()).toBe(0);
  });
});

test("the button to undo vanishes from an open page once the undo was started elsewhere", async () => {
  const page = await scene.openPage("/jobs");
  await upload(page, "few.csv", "Email\nfew@x.test\n");
  const path = await clickToJob(page, "#submit");
  await expectText(page, ".outcome", "Imported 1 of 1");
  await page.reload();
  await waitUntilLive(page);
  await page.waitForSelector("a:has-text('Undo this import')");
  const other = await (await scene.newContext()).newPage();
  await other.goto(`${path}/follow-ups/undo`);
  const undo = await clickToJob(other, "#submit");
  await expectText(page, ".follow-up-started", /^(Undo started|Undone) by you on/);
  expect(await page.getAttribute(".follow-up-started a", "href")).toBe(undo);
  expect(await page.locator("a:has-text('Undo this import')").count()).toBe(0);
});
