import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { indexContacts } from "../../../server/contacts/search/index-contacts.ts";
import type { ContactJson } from "../../../server/routes/api/contact-schema.ts";
import { insertContacts } from "../../contacts/insert-contacts.ts";
import { type Api, apiServer, type Member } from "../../support/api-server.ts";
import { backends } from "../../support/backends.ts";

interface List {
  contacts: ContactJson[];
  next_cursor: string | null;
  total: { count: number; is_estimate: boolean };
}

describe.each(backends)("the contacts of the API on $name", (which) => {
  let api: Api;
  let ada: Member;
  let eve: Member;
  let job: string;
  beforeAll(async () => {
    api = await apiServer(which);
    [ada, eve] = await Promise.all([api.join("ada"), api.join("eve")]);
    job = await insertContacts(
      api.backend,
      Array.from({ length: 5 }, (_, at) => ({
        email: `p${at}@q.example`,
        company: at % 2 ? "Harbour Bakery" : "Lantern Books",
        tags: at === 0 ? ["VIP"] : [],
      })),
      { accountId: ada.accountId },
    );
    await api.backend.db.updateTable("jobs").set({ user_id: ada.userId }).execute();
    await indexContacts(api.backend, new AbortController().signal);
  });
  afterAll(() => api.close());

  async function list(query: string, person = ada): Promise<List> {
    const answer = await person.send(`/contacts?${query}`);
    expect(answer.status).toBe(200);
    return (await answer.json()) as List;
  }
  const emails = ({ contacts }: List) => contacts.map(({ email }) => email[1]).join("");
  const patch = (id: number, body: unknown, person = ada) =>
    person.send(`/contacts/${id}`, {
      method: "PATCH",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });

  test("a list is searched, filtered, sorted and read page by page", async () => {
    expect(emails(await list(""))).toBe("01234");
    expect(emails(await list("q=arbou"))).toBe("13");
    expect(emails(await list("tag=vip"))).toBe("0");
    expect(emails(await list(`job=${job}&q=lantern&sort=newest`))).toBe("420");
    const first = await list("limit=2");
    expect([emails(first), first.total]).toEqual(["01", { count: 5, is_estimate: false }]);
    const second = await list(`limit=2&cursor=${first.next_cursor}`);
    const third = await list(`limit=2&cursor=${second.next_cursor}`);
    expect([emails(second), emails(third), third.next_cursor]).toEqual(["23", "4", null]);
    expect(await list("", eve)).toMatchObject({ contacts: [], total: { count: 0 } });
  });

  test("a query that cannot be read, or names an unknown job, is refused", async () => {
    for (const query of ["sort=x", "limit=0", "q=%00"])
      expect((await ada.send(`/contacts?${query}`)).status).toBe(422);
    expect((await eve.send(`/contacts?job=${job}`)).status).toBe(404);
  });

  test("a contact is read, changed and deleted, by its account alone", async () => {
    const { id } = (await list("q=p4")).contacts[0]!;
    const changed = await patch(id, {
      company: null,
      tags: ["a"],
      custom_fields: { City: "Rome" },
    });
    expect(changed.status).toBe(200);
    const contact = await changed.json();
    expect(contact).toMatchObject({
      ...{ id, email: "p4@q.example", company: null, tags: ["a"], job_id: null },
      custom_fields: { City: "Rome" },
    });
    expect(await (await ada.send(`/contacts/${id}`)).json()).toEqual(contact);
    expect(emails(await list("q=rome"))).toBe("4");
    for (const method of ["GET", "DELETE"])
      expect((await eve.send(`/contacts/${id}`, { method })).status).toBe(404);
    expect((await patch(id, { company: "x" }, eve)).status).toBe(404);
    const edits = await api.backend.db
      .selectFrom("contact_edits")
      .select(["user_id", "via"])
      .execute();
    expect(edits).toEqual([{ user_id: ada.userId, via: "api" }]);
    expect((await ada.send(`/contacts/${id}`, { method: "DELETE" })).status).toBe(204);
    expect((await ada.send(`/contacts/${id}`)).status).toBe(404);
    expect(emails(await list(""))).toBe("0123");
  });

  test("a change with an unknown field, a bad value or a null character is refused by field", async () => {
    const { id } = (await list("q=p0")).contacts[0]!;
    for (const [body, field] of [
      [{ email: "x" }, "email"],
      [{ email: "p1@q.example" }, "email"],
      [{ nonsense: 1 }, "nonsense"],
      [{ company: "a\0b" }, "company"],
      [{ company: "\ud800" }, "company"],
      [{ tags: ["fine", "\udc00"] }, "tags.1"],
    ] as const) {
      const answer = await patch(id, body);
      expect.soft(answer.status).toBe(422);
      expect.soft(await answer.json()).toHaveProperty(["errors", field]);
    }
    expect(emails(await list("q=p0"))).toBe("0");
  });
});
