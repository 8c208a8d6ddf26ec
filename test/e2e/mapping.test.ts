import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { useApplication } from "../support/scene/application.ts";
import { expectText } from "../support/scene/browser.ts";

const scene = useApplication();
const people = "Person,Kontakt,Stadt\nAda,ada@x.test,London\nBo,bo,Rom\nCy,cy@x.test,Oslo\n";

async function openMapping(content: string, options: BrowserContextOptions): Promise<Page> {
  const file = join(scene.place.storageDir, "people.csv");
  await writeFile(file, content);
  const page = await scene.openPage("/jobs/new/contact_import", options);
  await page.setInputFiles("input[type=file]", file);
  await page.click("#submit");
  await page.waitForSelector("#mapping");
  return page;
}

describe.each([
  ["with JavaScript", {}],
  ["without JavaScript", { javaScriptEnabled: false }],
])("the mapping of columns %s", (_, options) => {
  test("a wrong mapping has the focus where it is wrong, and stays when the page is loaded again", async () => {
    const page = await openMapping(people, options);
    await page.selectOption("#holds-1", "custom");
    await page.click("#submit");
    await expectText(page, "#mapping-error", "No column is mapped to Email. Choose the column");
    expect(await page.locator(":focus").getAttribute("id")).toBe("holds-1");

    await page.selectOption("#holds-1", "email");
    await page.selectOption("#holds-2", "email");
    await page.click("#submit");
    await expectText(page, "#holds-2-error", "Two columns are mapped to Email");
    await page.goto(page.url());
    await expectText(page, "#holds-2-error", "Two columns are mapped to Email");
    expect(await page.locator(":focus").getAttribute("id")).toBe("holds-1");
    expect(await page.inputValue("#holds-2")).toBe("email");

    await page.selectOption("#holds-2", "");
    await page.click("#submit");
    await expectText(page, ".outcome", /, 1 row rejected/);
  });

  test("the preview shows what the chosen fields would save, and what would be rejected", async () => {
    const page = await openMapping(people, options);
    await expectText(page, "#trial", "1 of 3 rows would be rejected: No @ in the email (1).");
    await expectText(page, "#preview", "Stadt (custom field)");
    await page.selectOption("#holds-2", "company");
    await page.click("#refresh-preview");
    await expectText(page, "#preview thead", "Company");
    await expectText(page, "#preview tbody tr:first-child", "ada@x.test");
    expect(await page.inputValue("#holds-2")).toBe("company");
    expect(await page.locator("#reading").getAttribute("open")).toBeNull();
  });
});
