import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import Papa from "papaparse";
import { beforeAll, describe, expect, test } from "vitest";
import { people } from "../support/people.ts";
import { signedOut, signUp, startJob, useApplication } from "../support/scene/application.ts";
import { expectText } from "../support/scene/browser.ts";

const scene = useApplication();
const audience = people(100_000);
const rejected = audience.filter(({ email }) => !email.includes("@"));

let page: Page;
let job: string;
let csv: string;

beforeAll(async () => {
  page = await scene.openPage("/jobs");
  csv = join(scene.place.storageDir, "people.csv");
  const rows = audience.map(({ email, first, last, company }) => [last, first, company, email]);
  const header = ["Surname", "First name", "Organisation", "E-mail address"];
  await writeFile(csv, Papa.unparse([header, ...rows]));
});

/** Clicks on a link. @returns the file that it downloads */
async function download(
  from: Page,
  link: string,
): Promise<{ name: string; url: string; rows: string[][] }> {
  const [file] = await Promise.all([from.waitForEvent("download"), from.click(link)]);
  const text = await readFile(await file.path(), "utf8");
  const { data } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ""), { skipEmptyLines: true });
  return { name: file.suggestedFilename(), url: file.url(), rows: data };
}

describe("an import and an export of 100,000 contacts", () => {
  test("the upload proposes a field for each column", async () => {
    await page.click("#nav-new");
    await page.click("#kind-contact_import");
    await page.setInputFiles("input[type=file]", csv);
    await page.click("#submit");
    await page.waitForSelector("#mapping");
    const proposed = await page.locator("select[name^=mapping] option:checked").allTextContents();
    expect(proposed).toEqual(["Last name", "First name", "Company", "Email"]);
    await expectText(page, ".uploaded-file", /people\.csv .*about 100,000 rows/);
    await expectText(page, "#preview", audience[1]!.email);
  });

  test("the job's page shows progress until the final summary", async () => {
    await page.click("#submit");
    await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
    job = new URL(page.url()).pathname;
    await expectText(page, "h1", "Import contacts people.csv");
    const shown = new Set<string>();
    while ((await page.locator(".job-panel[data-final]").count()) === 0) {
      shown.add((await page.textContent('.job-panel [id^="progress-"] b').catch(() => "")) ?? "");
      await page.waitForTimeout(50);
    }
    expect(shown.size).toBeGreaterThan(2);
    await expectText(page, ".outcome", "Imported 99,812 of 100,000, 188 rows rejected");
    await expectText(page, ".rejections", /188/);
  });

  test("the contacts are found by a prefix and link to the job that imported them", async () => {
    await page.click("#result-page");
    await expectText(page, "#contact-count", "from Import contacts, ");
    await page.goto("/contacts");
    await expectText(page, "#contact-count", "99,884 contacts");
    const contact = audience[54_321]!;
    await page.fill("#q", contact.email.slice(0, 9));
    await page.click("#search");
    await expectText(page, "#contact-count", "1 contact matches");
    const row = page.locator(".responsive-table tbody tr");
    expect(await row.locator("th").textContent()).toBe(`${contact.first} ${contact.last}`);
    expect(await row.locator("td").first().textContent()).toBe(contact.email);
    await row.locator("td a").click();
    expect(new URL(page.url()).pathname).toBe(job);
  });

  test("the rejected rows download in their original columns with a reason each", async () => {
    await page.goto(job);
    const { name, rows } = await download(page, ".result-files a");
    expect(name).toBe("people-rejected.csv");
    const [header, ...given] = rows;
    expect(header).toEqual([
      "Surname",
      "First name",
      "Organisation",
      "E-mail address",
      "Rejected because",
    ]);
    expect(given.map((cells) => cells[3])).toEqual(rejected.map(({ email }) => email));
    expect(given.every((cells) => cells.length === 5 && cells[4])).toBe(true);
  });

  test("an export contains every contact and is safe to open in a spreadsheet", async () => {
    await startJob(page, "contact_export");
    await expectText(page, ".outcome", "Exported 99,884 contacts", 60_000);
    const { name, url, rows } = await download(page, ".result-files a");
    expect(name).toMatch(/\.csv$/);
    const [header = [], ...given] = rows;
    expect(given.length).toBe(99_884);
    const company = header.findIndex((title) => /company/i.test(title));
    const email = header.findIndex((title) => /email/i.test(title));
    const out = new Map(given.map((cells) => [cells[email], cells[company]]));
    const tricky = audience.filter(
      (each) => each.company.startsWith("=") && each.email.includes("@"),
    );
    expect(tricky.length).toBeGreaterThan(5);
    for (const each of tricky) expect(out.get(each.email)).toBe(`'${each.company}`);
    expect(given.flat().filter((cell) => /^[=@\t\r]/.test(cell))).toEqual([]);
    await expectPrivate(url);
  });

  /** A link serves only the person it was made for, and only unchanged. */
  async function expectPrivate(url: string): Promise<void> {
    expect((await page.request.get(url)).status()).toBe(200);
    const changed = (name: string, value: (old: string) => string) => {
      const link = new URL(url);
      link.searchParams.set(name, value(link.searchParams.get(name)!));
      return link.href;
    };
    const longer = changed("expires", (old) => String(Number(old) + 60_000));
    const signed = changed("signature", (old) => (old[0] === "A" ? "B" : "A") + old.slice(1));
    for (const link of [longer, signed, url.replace(/\?.*/, "")]) {
      expect((await page.request.get(link)).status(), link).toBe(403);
    }
    const other = await scene.openPage("/sign-up", signedOut);
    await other.goto(url);
    await expectText(other, "h1", "Sign in");
    await other.goto("/sign-up");
    await signUp(other, { name: "Eve", email: "eve@example.com", password: "listening in" });
    expect((await other.request.get(url)).status()).toBe(404);
  }

  test("a second import that keeps existing contacts changes nothing", async () => {
    await page.goto("/jobs/new/contact_import");
    await page.setInputFiles("input[type=file]", csv);
    await page.click("#submit");
    await page.waitForSelector("#mapping");
    await page.selectOption("[name=duplicates]", "skip");
    await page.click("#submit");
    await expectText(
      page,
      ".outcome",
      "Nothing imported: 188 rows rejected, 99,812 duplicates skipped",
      60_000,
    );
    await page.goto("/contacts");
    await expectText(page, "#contact-count", "99,884 contacts");
    await expect.poll(() => page.locator(".responsive-table tbody tr").count()).toBe(50);
  });
});
