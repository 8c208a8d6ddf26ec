import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { type ContactReader, createContactReader } from "../../server/contacts/contacts.ts";
import { indexContacts } from "../../server/contacts/search/index-contacts.ts";
import { addAccount, backends, openTestBackend } from "../support/backends.ts";
import { type GivenContact, insertContacts } from "./insert-contacts.ts";

const accountId = "account-1";

describe.each(backends)("the search of contacts on $name", (which) => {
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
  async function find(q: string, more: { tag?: string } = {}): Promise<string[]> {
    const page = await contacts.list({ accountId, q, sort: "email", ...more }, { limit: 1_000 });
    return page.contacts.map(({ email }) => email);
  }

  test("a word is found in any part of a name, email, company, phone, tag or custom field", async () => {
    await insertContacts(backend, [
      {
        email: "ada@lovelace.example",
        first_name: "Zoë",
        company: "Straßenbau Köln",
        phone: "+49 30 123456",
        tags: ["New York", "VIP"],
        custom_fields: { City: "São Paulo" },
      },
      { email: "bo@x.example", first_name: "Bo" },
    ]);
    for (const indexed of [false, true]) {
      if (indexed) await index();
      for (const q of "velac zoe ZOË strasse koln 23456 vip york paulo SAO a@lov vip+koln".split(
        " ",
      ))
        expect
          .soft(await find(q.replace("+", " ")), `${q}, ${indexed}`)
          .toEqual(["ada@lovelace.example"]);
      expect(await find("vip bo")).toEqual([]);
      expect(await find("city")).toEqual([]);
    }
  });

  test("a word of one or two letters is found where a word begins, and anywhere in Chinese", async () => {
    await insertContacts(backend, [
      { email: "x@q.example", first_name: "Joan", last_name: "O'Neil" },
      { email: "y@q.example", first_name: "李小龙" },
    ]);
    await index();
    for (const [q, email] of [
      ["jo", "x@q.example"],
      ["ne", "x@q.example"],
      ["j o", "x@q.example"],
      ["小", "y@q.example"],
      ["小龙", "y@q.example"],
    ] as const)
      expect.soft(await find(q), q).toEqual([email]);
    expect(await find("oa")).toEqual([]);
  });

  test("a tag filters without regard to case, and the tag of a longer name does not match", async () => {
    await insertContacts(backend, [
      { email: "a@q.example", tags: ["VIP"] },
      { email: "b@q.example", tags: ["VIP guests"] },
    ]);
    await index();
    expect(await find("", { tag: "vip" })).toEqual(["a@q.example"]);
    expect(await find("guests", { tag: "vip" })).toEqual([]);
  });

  test("the contacts of other accounts are not found", async () => {
    await addAccount(backend, "account-2");
    await insertContacts(backend, [{ email: "ada@q.example" }], { accountId: "account-2" });
    await index();
    expect(await find("ada")).toEqual([]);
  });

  test("contacts that are older than the index are indexed", async () => {
    await insertContacts(backend, [{ email: "ada@q.example" }, { email: "bo@q.example" }]);
    await backend.db.deleteFrom("contact_changes").execute();
    await backend.db
      .insertInto("contact_search_backfill")
      .values({ account_id: accountId, last_email: "" })
      .execute();
    const before = await contacts.list({ accountId, q: "da@q", sort: "email" }, { limit: 9 });
    expect(before).toMatchObject({ contacts: [], unsearched: 2 });
    await index();
    const after = await contacts.list({ accountId, q: "da@q", sort: "email" }, { limit: 9 });
    expect(after).toMatchObject({ contacts: [{ email: "ada@q.example" }], unsearched: 0 });
  });

  test("contacts that are too many to be read before they are indexed are counted", async () => {
    const many = Array.from({ length: 6_000 }, (_, at) => ({ email: `ada${at}@q.example` }));
    for (let from = 0; from < many.length; from += 500)
      await insertContacts(backend, many.slice(from, from + 500));
    const filter = { accountId, q: "da77@", sort: "email" } as const;
    const before = await contacts.list(filter, { limit: 9 });
    expect(before).toMatchObject({ contacts: [], unsearched: 1_000 });
    expect(await find("ada77@")).toEqual(["ada77@q.example"]);
    await index();
    const found = await contacts.list(filter, { limit: 9 });
    expect(found).toMatchObject({ contacts: [{ email: "ada77@q.example" }], unsearched: 0 });
  });

  test("the batches of a job that is writing are left for later", async () => {
    await insertContacts(backend, [{ email: "ada@q.example" }], { status: "running" });
    await index();
    const unindexed = () =>
      backend.db
        .selectFrom("contact_changes")
        .select("batch")
        .where("indexed_at", "is", null)
        .execute();
    expect(await unindexed()).toHaveLength(1);
    expect(await find("ada")).toEqual(["ada@q.example"]);
    await backend.db.updateTable("jobs").set({ status: "paused" }).execute();
    await index();
    expect(await unindexed()).toHaveLength(0);
  });

  test("an aborted indexing continues later and loses no contact", async () => {
    const many = Array.from({ length: 3_000 }, (_, at) => ({ email: `p${at}@q.example` }));
    await insertContacts(backend, many);
    const abort = new AbortController();
    const indexing = indexContacts(backend, abort.signal);
    await sleep(60);
    abort.abort();
    await indexing;
    await index();
    expect(await find("p2999")).toEqual(["p2999@q.example"]);
    expect(await find("p0@")).toEqual(["p0@q.example"]);
  });

  test("two indexers at once lose no contact", async () => {
    for (let batch = 0; batch < 8; batch++)
      await insertContacts(
        backend,
        Array.from({ length: 50 }, (_, at) => ({ email: `${batch}-${at}@q.example` })),
      );
    const other = await database.another();
    await Promise.all([index(), indexContacts(other, new AbortController().signal)]);
    await other.close();
    expect(await find("@q.example")).toHaveLength(400);
  });

  test("a search finds what a plain filter over the table finds, however much is indexed", async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(contact, { minLength: 1, maxLength: 15 }),
        fc.array(query, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        async (given, queries, isIndexed) => {
          round++;
          const some = given.map((each, at) => ({
            ...each,
            email: `${round}.${at}.${each.email}`,
          }));
          await insertContacts(backend, some);
          if (isIndexed) await index();
          const rows = await backend.db.selectFrom("contacts").selectAll().execute();
          for (const q of queries) {
            const expected = rows.filter((row) => matchesPlainly(row, q)).map(({ email }) => email);
            expect((await find(q)).sort(), q).toEqual(expected.sort());
          }
        },
      ),
      { numRuns: which.name === "sqlite" ? 40 : 15 },
    );
  });
});

const letters = fc.constantFrom(..."aabbcé ß'.-1李小İ😀");
const text = fc.string({ unit: letters, minLength: 0, maxLength: 8 });
const contact: fc.Arbitrary<GivenContact> = fc.record({
  email: fc.string({ unit: fc.constantFrom(..."abc1.-"), minLength: 1, maxLength: 6 }),
  first_name: text,
  company: text,
  tags: fc.array(
    text.filter((tag) => tag.trim() !== ""),
    { maxLength: 2 },
  ),
  custom_fields: fc.dictionary(fc.constantFrom("City", "Note"), text),
});
const query = fc
  .string({ unit: letters, minLength: 1, maxLength: 5 })
  .filter((q) => q.trim() !== "");

/** The definition of a match, written down another way than the index has it. */
function matchesPlainly(
  row: {
    email: string;
    first_name: string | null;
    company: string | null;
    tags: string | null;
    custom_fields: string | null;
  },
  q: string,
): boolean {
  const values = [
    ...[row.email, row.first_name ?? "", row.company ?? ""],
    ...JSON.parse(row.tags ?? "[]"),
    ...Object.values<string>(JSON.parse(row.custom_fields ?? "{}")),
  ];
  const fold = (each: string) =>
    each
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      .toLowerCase()
      .replaceAll("ß", "ss");
  const words = values.flatMap((value) => fold(value).split(/\s+/)).map((word) => [...word]);
  return fold(q)
    .split(/\s+/)
    .filter((wanted) => wanted !== "")
    .every((wanted) => {
      const { length } = [...wanted];
      return words.some((word) =>
        word.some(
          (character, at) =>
            word.slice(at, at + length).join("") === wanted &&
            (length >= 3 || !/[a-z0-9]/.test(character) || !/[a-z0-9]/.test(word[at - 1] ?? " ")),
        ),
      );
    });
}
