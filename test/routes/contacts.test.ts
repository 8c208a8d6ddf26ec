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

/** Counts the seeded addresses, which have a dot before the @; that of the person has none. */
const rowsOf = (page: string) => page.match(/[a-z]+\.[a-z]+@example\.com/g)?.length ?? 0;
