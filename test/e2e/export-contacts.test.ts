import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { beforeAll, describe, expect, test } from "vitest";
import { useApplication } from "../support/scene/application.ts";
import { expectText } from "../support/scene/browser.ts";

const scene = useApplication();
const withoutScript = { javaScriptEnabled: false };

beforeAll(async () => {
  const page = await scene.openPage("/jobs/new/contact_import");
  const csv = join(scene.place.storageDir, "people.csv");
  await writeFile(
    csv,
    "email,first name,phone,City,Tags\nann@x.test,Ann,+491701,Wien,VIP\nbob@x.test,Bob,,Graz,\n",
  );
  await page.setInputFiles("input[type=file]", csv);
  await page.click("#submit");
  await page.waitForSelector("#mapping");
  await page.click("#submit");
  await page.locator("#result-page").waitFor();
});

/** @returns the text of the file that the button of the finished job downloads */
async function downloadResult(page: Page): Promise<string> {
  await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
  const button = page.locator(".btn.primary[data-result]");
  await expect.poll(() => button.count()).toBe(1);
  const [file] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return (await readFile(await file.path(), "utf8")).replace("\ufeff", "");
}

describe("the form of an export", () => {
  test("fields are chosen with checkboxes and moved with arrows", async () => {
    const page = await scene.openPage("/jobs/new/contact_export");
    for (const label of ["First name", "Last name", "Company", "Tags"])
      await page.getByLabel(label, { exact: true }).uncheck();
    await page.getByRole("button", { name: "Move Phone up" }).click();
    for (let times = 0; times < 4; times++)
      await page.getByRole("button", { name: "Move Email down" }).click();
    await page.selectOption("#f-delimiter", "semicolon");
    await page.selectOption("#f-tag", "VIP");
    await page.click("#submit");
    expect(await downloadResult(page)).toBe(
      'Phone;Email;City\r\n"=""+491701""";ann@x.test;Wien\r\n',
    );
    await expectText(page, ".result-files", /1 contacts?/);
  });

  test("only the fields that fit the format are shown", async () => {
    const page = await scene.openPage("/jobs/new/contact_export");
    expect(await page.locator("#f-delimiter").isVisible()).toBe(true);
    await page.selectOption("#f-format", "ndjson");
    expect(await page.locator("#f-delimiter").isVisible()).toBe(false);
    await page.fill("#f-q", "graz");
    await page.click("#submit");
    const lines = (await downloadResult(page)).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { email: "bob@x.test", custom_fields: { City: "Graz" } },
    ]);
  });

  test("fields are numbered without JavaScript", async () => {
    const page = await scene.openPage("/jobs/new/contact_export?q=ann", withoutScript);
    const numbers = page.locator(".ordered-list input[type=number]");
    for (const input of await numbers.all()) await input.fill("");
    await page.getByLabel("City").fill("1");
    await page.getByLabel("Email", { exact: true }).fill("2");
    await page.click("#submit");
    await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
    await expect
      .poll(async () => {
        await page.reload();
        return page.locator("[data-result]").count();
      })
      .toBe(1);
    expect(await downloadResult(page)).toBe("City,Email\r\nWien,ann@x.test\r\n");
  });

  test("an export without a field is refused beside the fields", async () => {
    const page = await scene.openPage("/jobs/new/contact_export", withoutScript);
    const numbers = page.locator(".ordered-list input[type=number]");
    for (const input of await numbers.all()) await input.fill("");
    await page.click("#submit");
    await expectText(page, "#f-fields-error", "Choose at least one field");
  });
});
