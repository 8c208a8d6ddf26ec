import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import {
  type ContactFilter,
  type ContactReader,
  createContactReader,
} from "../../server/contacts/contacts.ts";
import { indexContacts } from "../../server/contacts/search/index-contacts.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { type GivenContact, insertContacts } from "./insert-contacts.ts";

const accountId = "account-1";

describe.each(backends)("the list of contacts on $name", (which) => {
  let database: Awaited<ReturnType<typeof openTestBackend>>;
  let backend: Backend;
  let contacts: ContactReader;
  beforeEach(async () => {
    database = await openTestBackend(which);
    backend = database.backend;
    contacts = createContactReader(backend);
  });
  afterEach(() => database.close());

  const index = () => indexContacts(backend, new AbortController().signal);
  const filter = (more: Partial<ContactFilter> = {}): ContactFilter => {
    return { accountId, q: "", sort: "email", ...more };
  };

  /** Walks through all pages and back again. @returns the addresses in order */
  async function walk(wanted: ContactFilter, limit: number): Promise<string[]> {
    const there: string[][] = [];
    let page = await contacts.list(wanted, { limit });
    expect(page.previous).toBeUndefined();
    there.push(page.contacts.map(({ email }) => email));
    while (page.next !== undefined) {
      page = await contacts.list(wanted, { limit, after: page.next });
      there.push(page.contacts.map(({ email }) => email));
    }
    const back = [there.at(-1)!];
    while (page.previous !== undefined) {
      page = await contacts.list(wanted, { limit, before: page.previous });
      expect(page.next).toBeDefined();
      back.unshift(page.contacts.map(({ email }) => email));
    }
    expect(back).toEqual(there);
    return there.flat();
  }

  const some = (count: number, name = "p"): GivenContact[] =>
    Array.from({ length: count }, (_, at) => ({ email: `${name}${1_000_000 + at}@q.example` }));
  const emailsOf = (given: GivenContact[]) => given.map(({ email }) => email);

  test("pages of all contacts lead through them in order of email, and back", async () => {
    const given = some(25);
    await insertContacts(backend, given);
    expect(await walk(filter(), 10)).toEqual(emailsOf(given));
    expect(await walk(filter(), 25)).toEqual(emailsOf(given));
  });

  test("pages of a job's contacts lead through them in order of email, and back", async () => {
    await insertContacts(backend, some(20, "other"));
    const given = some(25);
    const id = await insertContacts(backend, given);
    const job = { id, finishedAt: backend.now() };
    expect(await walk(filter({ job }), 10)).toEqual(emailsOf(given));
    const page = await contacts.list(filter({ job }), { limit: 5 });
    expect(page.total).toEqual({ count: 25, isEstimate: false });
    await index();
    expect(await walk(filter({ job, q: "p100000" }), 4)).toEqual(emailsOf(given).slice(0, 10));
    expect(await walk(filter({ job, sort: "newest" }), 10)).toEqual(emailsOf(given).reverse());
  });

  test("more matches than can be sorted are listed with the newest first, none left out", async () => {
    const given = some(1_210, "ada");
    await insertContacts(backend, given);
    await insertContacts(backend, some(30, "eve"));
    await index();
    const wanted = filter({ q: "ada", sort: "name" });
    const first = await contacts.list(wanted, { limit: 500 });
    expect(first).toMatchObject({ sort: "newest", total: { count: 1_210, isEstimate: true } });
    expect(await walk(wanted, 500)).toEqual(emailsOf(given).reverse());
    const all = await contacts.list(filter({ sort: "name" }), { limit: 5 });
    expect(all).toMatchObject({ sort: "email", total: { count: 1_240, isEstimate: false } });
    expect((await walk(filter({ sort: "newest" }), 700))[0]).toBe("eve1000029@q.example");
  });

  test("contacts are sorted by name, company and last change, those without one at the end", async () => {
    await insertContacts(backend, [
      { email: "a@q.example", first_name: "émile", company: "10 Downing" },
      { email: "b@q.example", first_name: "Zed" },
      { email: "c@q.example", last_name: "Fay", company: "9 Lives" },
      { email: "d@q.example" },
    ]);
    await backend.db
      .updateTable("contacts")
      .set({ updated_at: backend.now() + 1_000 })
      .where("email", "=", "c@q.example")
      .execute();
    const sorted = async (sort: ContactFilter["sort"]) =>
      (await walk(filter({ sort }), 3)).map((email) => email[0]).join("");
    expect(await sorted("name")).toBe("acbd");
    expect(await sorted("company")).toBe("cabd");
    expect(await sorted("changed")).toBe("cabd");
    expect(await sorted("newest")).toBe("dcba");
  });

  test("a contact that got the id of a deleted one is not listed for the job of that one", async () => {
    const id = await insertContacts(backend, [{ email: "a@q.example" }]);
    const job = { id, finishedAt: backend.now() };
    await index();
    const { id: contactId } = await backend.db
      .deleteFrom("contacts")
      .returning("id")
      .executeTakeFirstOrThrow();
    const at = backend.now() + 10;
    await backend.db
      .insertInto("contacts")
      .values({
        ...{ id: contactId, account_id: accountId, email: "b@q.example", job_id: "" },
        ...{ created_at: at, updated_at: at },
      })
      .execute();
    expect(await walk(filter({ job }), 10)).toEqual([]);
    expect(await walk(filter({ job, q: "q.example" }), 10)).toEqual([]);
  });
});
