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
  const [first, second] = [await person.start("stepping"), await person.start("stepping")];
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

async function seeded() {
  const person = await site.join("ada");
  const job = await person.start("stepping");
  await site.backend.write((tx) => seedContacts(tx, person.accountId, job, 1));
  const { id } = await site.backend.db
    .selectFrom("contacts")
    .select("id")
    .where("email", "=", "ada.hopper@example.com")
    .executeTakeFirstOrThrow();
  return { person, path: `/contacts/${id}` };
}

/** The fields of the form as the page has them. */
function formOf(page: string): Record<string, string> {
  const inputs = page.match(/<input[^>]+>/g) ?? [];
  const attribute = (tag: string, name: string) =>
    new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return Object.fromEntries(
    inputs.flatMap((tag) => {
      const name = attribute(tag, "name");
      return name ? [[name, attribute(tag, "value") ?? ""]] : [];
    }),
  );
}

test("a person edits a contact in its form, and the page shows the change and who made it", async () => {
  const { person, path } = await seeded();
  const form = formOf(await person.browser.text(`${path}/edit`));
  expect(form).toMatchObject({ email: "ada.hopper@example.com", first_name: "Ada", tags: "" });
  const saved = await person.browser.post(`${path}/edit`, {
    ...form,
    last_name: "King",
    tags: "VIP, Poet",
    custom_name_1: "City",
    custom_value_1: "London",
    custom_name_2: "constructor",
    custom_value_2: "Babbage",
  });
  expect([saved.status, saved.headers.get("location")]).toEqual([303, path]);
  const page = await person.browser.text(path);
  expect(page).toContain("Contact saved");
  expect(page).toContain('<h1 class="wrap-anywhere">Ada King</h1>');
  expect(page).toContain("<dt>City</dt><dd>London</dd>");
  expect(page).toMatch(/Changed by\s+ada/);
  expect(page).toContain("Last name: Hopper → King");
  expect(page).toContain("City: empty → London");
  expect(page).toContain("constructor: empty → Babbage");
  expect(page).toMatch(/Created by\s+<a href="\/jobs\//);
  expect(await person.browser.text("/contacts?tag=poet")).toContain("Edited by a person");
  expect(formOf(await person.browser.text(`${path}/edit`))).toMatchObject({
    custom_name_1: "City",
    custom_value_1: "London",
    custom_name_2: "constructor",
    custom_name_3: "",
  });
});

test("a form with an invalid email, or of an outdated page, keeps what was typed and says why", async () => {
  const { person, path } = await seeded();
  const form = formOf(await person.browser.text(`${path}/edit`));
  const invalid = await person.browser.post(`${path}/edit`, {
    ...form,
    email: "x",
    company: "Typed",
  });
  expect(invalid.status).toBe(422);
  const page = await invalid.text();
  expect(page).toContain("No @ in the email");
  expect(formOf(page)).toMatchObject({ email: "x", company: "Typed" });

  await person.browser.post(`${path}/edit`, { ...form, company: "First" });
  const late = await person.browser.post(`${path}/edit`, { ...form, company: "Second" });
  expect(late.status).toBe(409);
  const stale = await late.text();
  expect(stale).toContain("Somebody changed this contact");
  expect(formOf(stale)).toMatchObject({ company: "Second" });
  await person.browser.post(`${path}/edit`, formOf(stale));
  expect(await person.browser.text(path)).toContain("<dt>Company</dt><dd>Second</dd>");
});

test("a person adds and removes tags, and deletes a contact after a question", async () => {
  const { person, path } = await seeded();
  await person.post(`${path}/tags`, [["add", "VIP; Poet"]]);
  expect(await person.browser.text(path)).toContain('aria-label="Remove the tag VIP"');
  await person.post(`${path}/tags`, [["remove", "VIP"]]);
  const page = await person.browser.text(path);
  expect(page).not.toContain('aria-label="Remove the tag VIP"');
  expect(page).toContain('aria-label="Remove the tag Poet"');

  const question = await person.browser.text(`${path}/delete`);
  expect(question).toContain("Delete Ada Hopper?");
  const deleted = await person.browser.post(`${path}/delete`, formOf(question));
  expect([deleted.status, deleted.headers.get("location")]).toEqual([303, "/contacts"]);
  expect(await person.browser.text("/contacts")).toContain("71 contacts");
  expect((await person.browser.get(path)).status).toBe(404);
});

test("a contact of another account is not found on any of its pages", async () => {
  const { path } = await seeded();
  const eve = await site.join("eve");
  for (const page of [
    path,
    `${path}/edit`,
    `${path}/delete`,
    "/contacts/x",
    "/contacts/99999999999999",
  ])
    expect((await eve.browser.get(page)).status).toBe(404);
  expect((await eve.post(`${path}/tags`, [["add", "x"]])).status).toBe(404);
  expect((await eve.post(`${path}/edit`, [["email", "x@q.example"]])).status).toBe(404);
  expect((await eve.post(`${path}/delete`, [["updated_at", "1"]])).status).toBe(404);
});
