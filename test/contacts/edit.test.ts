import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import type { ContactInput, InvalidContact } from "../../server/contacts/contact-input.ts";
import { type ContactReader, createContactReader } from "../../server/contacts/contacts.ts";
import { deleteContact, StaleContact, updateContact } from "../../server/contacts/edit-contact.ts";
import { indexContacts } from "../../server/contacts/search/index-contacts.ts";
import { addAccount, backends, openTestBackend } from "../support/backends.ts";
import { insertContacts } from "./insert-contacts.ts";

const accountId = "account-1";
const editor = { accountId, userId: "user-1", via: "page" } as const;

describe.each(backends)("a contact on $name", (which) => {
  let database: Awaited<ReturnType<typeof openTestBackend>>;
  let backend: Backend;
  let contacts: ContactReader;
  beforeEach(async () => {
    database = await openTestBackend(which);
    backend = database.backend;
    contacts = createContactReader(backend);
  });
  afterEach(() => database.close());

  const idOf = async (email: string) => {
    const { id } = await backend.db
      .selectFrom("contacts")
      .select("id")
      .where("email", "=", email)
      .executeTakeFirstOrThrow();
    return id;
  };
  const errorsOf = async (id: number, input: ContactInput) => {
    const error = await updateContact(backend, editor, id, input).catch((error) => error);
    return (error as InvalidContact).fields;
  };
  const find = async (q: string) => {
    const list = await contacts.list({ accountId, q, sort: "email" }, { limit: 9 });
    return list.contacts.map(({ email }) => email);
  };

  test("an edit changes the values, is found at once, and takes the contact from its import", async () => {
    await insertContacts(backend, [
      { email: "ada@q.example", first_name: "Ada", custom_fields: { City: "London", Age: "36" } },
    ]);
    await indexContacts(backend, new AbortController().signal);
    const id = await idOf("ada@q.example");
    const before = (await contacts.find(accountId, id))!;
    const after = await updateContact(backend, editor, id, {
      email: " Countess@Lovelace.example ",
      phone: "+49 (0)30 123456",
      first_name: "",
      tags: ["VIP", "vip", " Poet "],
      custom_fields: { City: "Paris", Age: null, Note: "first" },
    });
    expect(await contacts.find(accountId, id)).toEqual(after);
    expect(after).toMatchObject({
      ...{ email: "countess@lovelace.example", first_name: null, phone_e164: "+4930123456" },
      ...{ tags: '["VIP","Poet"]', custom_fields: '{"City":"Paris","Note":"first"}', job_id: "" },
    });
    expect(after.updated_at).toBeGreaterThan(before.updated_at);
    for (const q of ["countess", "paris", "poet"]) expect(await find(q)).toEqual([after.email]);
    expect(await find("london")).toEqual([]);
    expect(await contacts.tags(accountId)).toEqual(["Poet", "VIP"]);
    expect(await contacts.fields(accountId)).toEqual(["City", "Note"]);
  });

  test("an edit with values that a contact cannot have changes nothing", async () => {
    await insertContacts(backend, [{ email: "a@q.example" }, { email: "b@q.example" }]);
    const id = await idOf("a@q.example");
    const before = await contacts.find(accountId, id);
    expect(await errorsOf(id, { email: "nobody" })).toEqual({ email: "No @ in the email" });
    expect(await errorsOf(id, { email: "x@q.example, y@q.example" })).toHaveProperty("email");
    expect(await errorsOf(id, { email: "B@q.example" })).toEqual({
      email: "Another contact has this email",
    });
    expect(await errorsOf(id, { phone: "4.9E+11" })).toHaveProperty("phone");
    expect(await errorsOf(id, { first_name: "x".repeat(201) })).toHaveProperty("first_name");
    expect(await errorsOf(id, { custom_fields: { " ": "x" } })).toEqual({
      "custom_fields. ": "A field needs a name",
    });
    expect(await contacts.find(accountId, id)).toEqual(before);
    expect(await backend.db.selectFrom("contact_edits").selectAll().execute()).toEqual([]);
  });

  test("an edit of a contact that somebody changed meanwhile is refused", async () => {
    await insertContacts(backend, [{ email: "a@q.example" }]);
    const id = await idOf("a@q.example");
    const { updated_at } = (await contacts.find(accountId, id))!;
    await updateContact(backend, editor, id, { company: "A" }, updated_at);
    const late = updateContact(backend, editor, id, { company: "B" }, updated_at);
    await expect(late).rejects.toThrow(StaleContact);
    await expect(deleteContact(backend, editor, id, updated_at)).rejects.toThrow(StaleContact);
    expect(await contacts.find(accountId, id)).toMatchObject({ company: "A" });
  });

  test("two edits at once of different fields keep both", async () => {
    await insertContacts(backend, [{ email: "a@q.example" }]);
    const id = await idOf("a@q.example");
    const tags = ["one", "two", "three", "four"];
    await Promise.all(
      tags.map((tag) =>
        updateContact(backend, editor, id, (contact) => {
          return { tags: [...JSON.parse(contact.tags ?? "[]"), tag] };
        }),
      ),
    );
    const contact = await contacts.find(accountId, id);
    expect(JSON.parse(contact!.tags!).sort()).toEqual([...tags].sort());
  });

  test("a deleted contact is gone from lists, searches and the count, and leaves a record", async () => {
    await insertContacts(backend, [
      { email: "ada@q.example", company: "A" },
      { email: "b@q.example" },
    ]);
    await indexContacts(backend, new AbortController().signal);
    await deleteContact(backend, editor, await idOf("ada@q.example"));
    expect(await find("ada")).toEqual([]);
    expect(await find("")).toEqual(["b@q.example"]);
    expect(await contacts.count(accountId)).toBe(1);
    const [record] = await backend.db.selectFrom("contact_edits").selectAll().execute();
    expect(record).toMatchObject({ action: "deleted", user_id: "user-1" });
    expect(JSON.parse(record!.before)).toMatchObject({ email: "ada@q.example", company: "A" });
  });

  test("a contact of another account cannot be read, changed or deleted", async () => {
    await addAccount(backend, "account-2");
    await insertContacts(backend, [{ email: "a@q.example" }], { accountId: "account-2" });
    const id = await idOf("a@q.example");
    expect(await contacts.find(accountId, id)).toBeUndefined();
    await expect(updateContact(backend, editor, id, { company: "B" })).rejects.toThrow("not exist");
    await expect(deleteContact(backend, editor, id)).rejects.toThrow("not exist");
    expect(await contacts.count("account-2")).toBe(1);
  });

  test("the history names the jobs and people that changed a contact, with values before and after", async () => {
    const job = await insertContacts(backend, [
      { email: "a@q.example", company: "A" },
      { email: "b@q.example" },
    ]);
    await insertContacts(backend, [{ email: "0@q.example" }, { email: "z@q.example" }]);
    const id = await idOf("a@q.example");
    await updateContact(backend, editor, id, { company: "B", email: "new@q.example" });
    const contact = await updateContact(backend, editor, id, { company: "C", tags: ["x"] });
    const by = { userId: "user-1" };
    expect(await contacts.history(contact)).toMatchObject([
      {
        by,
        changes: [
          { column: "company", before: "B", after: "C" },
          { column: "tags", before: null, after: '["x"]' },
        ],
      },
      {
        by,
        changes: [
          { column: "email", before: "a@q.example", after: "new@q.example" },
          { column: "company", before: "A", after: "B" },
        ],
      },
      { by: { jobId: job }, action: "created", changes: [] },
    ]);
  });
});
