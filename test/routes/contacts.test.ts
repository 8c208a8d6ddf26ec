import { afterEach, beforeEach, expect, test } from "vitest";
import { seedContacts } from "../../server/commands/seed-contacts.ts";
import { backends } from "../support/backends.ts";
import { openSite, type Site } from "../support/site.ts";

let site: Site;
beforeEach(async () => {
  site = await openSite(backends[0]!);
});
afterEach(() => site.close());

test("each page of the contacts of an import says how many it has in all", async () => {
  const person = await site.join("ada");
  const job = await person.start("stepping");
  await site.backend.write((tx) => seedContacts(tx, person.accountId, job, 1));
  const first = await person.browser.text(`/contacts?job=${job}`);
  expect(first).toContain("72 contacts from");
  const [, next = ""] = /href="([^"]*after=[^"]*)"/.exec(first) ?? [];
  const second = await person.browser.text(next.replaceAll("&amp;", "&"));
  expect(rowsOf(first) + rowsOf(second)).toBe(72);
  expect(second).toContain("72 contacts from");
});

const rowsOf = (page: string) => page.match(/href="\/contacts\/\d+"/g)?.length ?? 0;

test("a search without a match says where it looked, and how to see all contacts", async () => {
  const person = await site.join("ada");
  const job = await person.start("stepping");
  await site.backend.write((tx) => seedContacts(tx, person.accountId, job, 1));
  const page = await person.browser.text("/contacts?q=nobody");
  expect(page).toContain("No contacts match “nobody”");
  expect(page).toContain("Search looks in names, emails, companies");
  expect(page).toMatch(/<a class="btn" id="clear-search" href="\/contacts">Clear search/);
  expect(await person.browser.text("/contacts?q=velac")).toContain("9 contacts match");
});

test("a list of contacts of an unknown job, or of another person's, is a page that is not found", async () => {
  const [ada, eve] = [await site.join("ada"), await site.join("eve")];
  const job = await eve.start("stepping");
  for (const id of [job, "0198c5d2-7a41-7c3e-9f10-000000000009", "x"]) {
    const response = await ada.browser.send(`/contacts?job=${id}`, {});
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("Job not found");
  }
});

test("an import's contacts that another one changed later are listed with a note", async () => {
  const person = await site.join("ada");
  const [first, second] = [
    await person.start("stepping"),
    await person.start("stepping", { x: 1 }),
  ];
  await site.backend.write((tx) => seedContacts(tx, person.accountId, first, 1));
  await site.backend.db
    .updateTable("contacts")
    .set({ job_id: second, updated_at: 2 })
    .where("email", "=", "ada.hopper@example.com")
    .execute();
  const page = await person.browser.text(`/contacts?job=${first}`);
  expect(page).toContain("72 contacts from");
  expect(page).toContain("1 contact on this page was changed later.");
  expect(page).toMatch(new RegExp(`href="/jobs/${second}">[^<]+</a>\\s*<small>\\s*changed later`));
});
