import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { saveUpload } from "../../server/storage/uploads.ts";
import { backends } from "../support/backends.ts";
import { openSite, type Site } from "../support/site.ts";

type Person = Awaited<ReturnType<Site["join"]>>;

describe.each(backends)("an upload, on $name", (which) => {
  let site: Site;
  let owner: Person;
  let member: Person;
  let outsider: Person;
  beforeAll(async () => {
    site = await openSite(which);
    owner = await site.join("ada");
    outsider = await site.join("eve");
    member = await colleague("bo");
  });
  afterAll(() => site.close());

  async function colleague(name: string): Promise<Person> {
    const { userId } = await site.join(name);
    await setRole(userId, "member");
    // Signs in again, because the cached session still has the old account.
    return site.join(name);
  }

  async function setRole(userId: string, role: "owner" | "member"): Promise<void> {
    const membership = { account_id: owner.accountId, role };
    const { db } = site.backend;
    await db.updateTable("members").set(membership).where("user_id", "=", userId).execute();
  }

  async function uploadOf({ userId, accountId }: Person): Promise<string> {
    const { backend, storage } = site;
    async function* chunks() {
      yield Buffer.from(`email\n${uuidv7()}@example.com\n`);
    }
    const file = { accountId, userId, name: "people.csv", mediaType: "text/csv", chunks: chunks() };
    return (await saveUpload({ backend, storage, maxBytes: 1_000 }, file)).id;
  }

  /** Whether the person may start a job with the upload: by the form, its page, and the API. */
  async function uses(person: Person, upload_id: string) {
    const page = await person.browser.get(`/jobs/new/reading?upload_id=${upload_id}`);
    const form = await person.post("/jobs", [
      ["type", "reading"],
      ["upload_id", upload_id],
      ["anyway", "1"],
    ]);
    const api = await person.browser.send("/api/jobs/start", {
      method: "POST",
      headers: { "content-type": "application/json", origin: "http://localhost" },
      body: JSON.stringify({ type: "reading", metadata: { upload_id } }),
    });
    const started = form.status === 303 && /^\/jobs\/[0-9a-f-]{36}$/.test(locationOf(form));
    return { page: page.status === 200, form: started, api: api.status === 202 };
  }

  const locationOf = (answer: Response) => answer.headers.get("location") ?? "";
  const all = { page: true, form: true, api: true };
  const none = { page: false, form: false, api: false };

  test("is used by the person who sent it, and by an owner of the account", async () => {
    expect(await uses(member, await uploadOf(member))).toEqual(all);
    expect(await uses(owner, await uploadOf(member))).toEqual(all);
  });

  test("is not used by a member whose role does not see the job of a colleague", async () => {
    const upload = await uploadOf(owner);
    expect(await uses(member, upload)).toEqual(none);
    expect(await uses(owner, upload)).toEqual(all);
    expect(await uses(member, upload)).toEqual(none);
  });

  test("is not used by other accounts", async () => {
    expect(await uses(outsider, await uploadOf(owner))).toEqual(none);
  });

  test("is used by a member whose own job has read it", async () => {
    const upload_id = await uploadOf(owner);
    await member.start("reading", { upload_id });
    expect(await uses(member, upload_id)).toEqual(all);
  });

  test("of a colleague is not listed among the files that follow", async () => {
    const [mine, others] = [await uploadOf(member), await uploadOf(owner)];
    const path = `/jobs/new/reading?upload_id=${mine}&more_files=${others},${mine}`;
    const page = await member.browser.text(path);
    expect(page).toContain(mine);
    expect(page).not.toContain(others);
  });
});
