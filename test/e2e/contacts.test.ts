import { describe, expect, test } from "vitest";
import { useApplication } from "../support/scene/application.ts";
import { expectText } from "../support/scene/browser.ts";

const scene = useApplication();

describe.each([
  ["with JavaScript", {}],
  ["with JavaScript off", { javaScriptEnabled: false }],
])("%s", (name, options) => {
  const company = `Works ${name}`;

  test("a person finds a contact by a part of its name, edits it, tags it and deletes it", async () => {
    const page = await scene.openPage("/contacts", options);
    await page.fill("#q", name === "with JavaScript" ? "grace velac" : "GRACE iskov");
    await page.click("#search");
    await expectText(page, "#contact-count", "1 contact matches");
    await page.click(".responsive-table th a");
    await expectText(page, "h1", "Grace");

    await page.click("#edit");
    await page.fill("[name=email]", "not an address");
    await page.fill("[name=company]", company);
    await page.click("#submit");
    await expectText(page, ".field-error", "No @ in the email");
    expect(await page.inputValue("[name=company]")).toBe(company);
    await page.fill("[name=email]", `grace-${company.length}@example.org`);
    await page.fill("[name=custom_name_1]", "City");
    await page.fill("[name=custom_value_1]", "London");
    await page.click("#submit");
    await expectText(page, ".flash", "Contact saved");
    await expectText(page, ".summary-list", "London");
    await expectText(page, "#history-title + ul", `→ ${company}`);

    await page.fill("#add-tag", `Pioneer ${name}`);
    await page.click("#save-tag");
    await page.click(`text=Pioneer ${name}`);
    await expectText(page, "#contact-count", "1 contact with the tag");
    await page.fill("#q", "london");
    await page.click("#search");
    await expectText(page, "#contact-count", "1 contact matches");

    await page.click(".responsive-table th a");
    await page.click("#remove-tag-1");
    await expect.poll(() => page.locator("#remove-tag-1").count()).toBe(0);
    await page.click("#delete");
    await expectText(page, "h1", "Delete Grace");
    await page.click("#submit");
    await expectText(page, ".flash", "Deleted grace-");
    await page.fill("#q", company);
    await page.click("#search");
    await expectText(page, "h2", "No contacts match");
    await page.click("#clear-search");
    await expectText(page, "#contact-count", name === "with JavaScript" ? "71" : "70");
  });

  test("a list is sorted and turned page by page", async () => {
    const page = await scene.openPage("/contacts", options);
    const first = await page.textContent(".responsive-table th a");
    await page.click("#page-next");
    await page.click("#page-previous");
    expect(await page.textContent(".responsive-table th a")).toBe(first);
    await page.selectOption("#sort", "name");
    await page.click("#search");
    await expectText(page, ".responsive-table tbody th", "Ada Dijkstra");
  });
});
