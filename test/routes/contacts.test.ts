import { afterEach, beforeEach, expect, test } from "vitest";
import { seedContacts } from "../../server/commands/seed-contacts.ts";
import { backends } from "../support/backends.ts";
import { openSite, type Site } from "../support/site.ts";

let site: Site;
beforeEach(async () => {
  site = await openSite(backends[0]!);
});
afterEach(() => site.close());

test("each page of a job's contacts counts the contacts of that page", async () => {
  const person = await site.join("ada");
  const job = await person.start("stepping");
  await site.backend.write((tx) => seedContacts(tx, person.accountId, job, 1));
  const first = await person.browser.text(`/contacts?job=${job}`);
  expect(first).toContain("More than 50 contacts from");
  const [, next = ""] = /href="([^"]*after=[^"]*)"/.exec(first) ?? [];
  const second = await person.browser.text(next.replaceAll("&amp;", "&"));
  expect(second).toContain("22 more contacts from");
});
