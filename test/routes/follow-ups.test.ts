import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createToken } from "../../server/accounts/api-tokens.ts";
import { deleteExpiredJobs } from "../../server/maintenance/expired-jobs.ts";
import { saveUpload } from "../../server/storage/uploads.ts";
import { backends } from "../support/backends.ts";
import { contactKinds } from "../support/contact-kinds.ts";
import { openSite, type Site } from "../support/site.ts";

type Member = Awaited<ReturnType<Site["join"]>>;

describe.each(backends)("the follow-ups of a job on $name", (which) => {
  let site: Site;
  let ada: Member;
  beforeEach(async () => {
    site = await openSite(which, contactKinds);
    ada = await site.join("ada");
  });
  afterEach(() => site.close());

  async function upload(text: string, { accountId, userId } = ada): Promise<string> {
    const chunks = (async function* () {
      yield Buffer.from(text);
    })();
    const target = { backend: site.backend, storage: site.storage, maxBytes: 1_000_000 };
    const file = { accountId, userId, name: "people.csv", mediaType: "text/csv", chunks };
    return (await saveUpload(target, file)).id;
  }

  async function importFile(text = "email\nann@x.test\n"): Promise<string> {
    const id = await ada.start("contact_import", { upload_id: await upload(text) });
    await site.runNext();
    return id;
  }

  const emails = async () => {
    const rows = await site.backend.db.selectFrom("contacts").select("email").execute();
    return rows.map(({ email }) => email);
  };
  const jobs = () => site.backend.db.selectFrom("jobs").selectAll().orderBy("id").execute();
  const undoPath = (id: string) => `/jobs/${id}/follow-ups/undo`;
  const idIn = (answer: Response) => answer.headers.get("location")!.slice("/jobs/".length);

  /** Makes another person a member of Ada's account. */
  async function joinAccount(name: string): Promise<Member> {
    const person = await site.join(name);
    await site.backend.db
      .updateTable("members")
      .set({ account_id: ada.accountId, role: "member" })
      .where("user_id", "=", person.userId)
      .execute();
    return person;
  }

  async function api(path: string, token: string): Promise<Response> {
    const headers = { authorization: `Bearer ${token}` };
    return site.app.request(`/api${path}`, { method: "POST", headers });
  }

  const tokenOf = ({ userId }: Member) => createToken(site.backend, userId, "test");

  test("a page asks before an undo, which then runs once and is named on both jobs", async () => {
    const id = await importFile();
    expect(await ada.browser.text(`/jobs/${id}`)).toContain(`href="${undoPath(id)}"`);
    const asked = await ada.browser.text(undoPath(id));
    expect(asked).toContain("Undo this import?");
    expect(asked).toContain("Import contacts, people.csv");
    expect(await emails()).toEqual(["ann@x.test"]);

    const started = await ada.post(undoPath(id));
    expect(started.status).toBe(303);
    const undo = idIn(started);
    expect(idIn(await ada.post(undoPath(id)))).toBe(undo);
    expect(await jobs()).toHaveLength(2);
    const meanwhile = await ada.browser.text(`/jobs/${id}`);
    expect(meanwhile).toContain("Undo started by you on");
    expect(meanwhile).not.toContain(`href="${undoPath(id)}"`);

    await site.runNext();
    expect(await emails()).toEqual([]);
    const page = await ada.browser.text(`/jobs/${id}`);
    expect(page).toContain("Undone by you on");
    expect(page).toContain(`href="/jobs/${undo}">View job`);
    expect(await ada.browser.text(`/jobs/${undo}`)).toContain(
      `href="/jobs/${id}">Import contacts, people.csv</a>`,
    );
  });

  test("an undo that was done already is refused with a sentence", async () => {
    const id = await importFile();
    await ada.post(undoPath(id));
    await site.runNext();
    const response = await ada.browser.send(undoPath(id), {});
    expect(response.status).toBe(409);
    // An apostrophe is escaped in HTML.
    expect(await response.text()).toMatch(/offer that, or it was already done\./);
  });

  test("an active import and an unknown follow-up are refused, and nothing starts", async () => {
    const active = await ada.start("contact_import", {
      upload_id: await upload("email\na@x.test\n"),
    });
    expect((await ada.browser.send(undoPath(active), {})).status).toBe(409);
    const refused = await ada.post(undoPath(active));
    expect(idIn(refused)).toBe(active);
    await site.runNext();
    for (const name of ["redo", "constructor", "__proto__"]) {
      expect(idIn(await ada.post(`/jobs/${active}/follow-ups/${name}`))).toBe(active);
    }
    expect(await jobs()).toHaveLength(1);
  });

  test("members and other accounts cannot find the undo of a person's import", async () => {
    const id = await importFile();
    for (const other of [await joinAccount("grace"), await site.join("eve")]) {
      expect((await other.browser.send(undoPath(id), {})).status).toBe(404);
      expect((await other.post(undoPath(id))).status).toBe(404);
      const response = await api(undoPath(id), await tokenOf(other));
      expect(response.status).toBe(404);
    }
    expect(await jobs()).toHaveLength(1);
    expect(await emails()).toEqual(["ann@x.test"]);
  });

  test("an undo needs the token of the form", async () => {
    const id = await importFile();
    const body = new URLSearchParams({ token: "forged" });
    const response = await ada.browser.send(undoPath(id), { method: "POST", body });
    expect(response.status).toBe(403);
    expect(await jobs()).toHaveLength(1);
  });

  test("the API starts an undo once, and refuses it with a problem afterwards", async () => {
    const id = await importFile();
    const token = await tokenOf(ada);
    const first = await api(undoPath(id), token);
    expect(first.status).toBe(202);
    const { job_id, type } = (await first.json()) as { job_id: string; type: string };
    expect(type).toBe("contact_undo");
    const again = await api(undoPath(id), token);
    expect(await again.json()).toMatchObject({ job_id });
    const unknown = await api(`/jobs/${id}/follow-ups/redo`, token);
    expect(unknown.status).toBe(409);
    expect(await unknown.json()).toMatchObject({
      detail: "This job doesn't offer that, or it was already done.",
    });
  });

  test("an import that was deleted after its time answers 410", async () => {
    const id = await importFile();
    // As if a minute had passed after the retention time.
    await deleteExpiredJobs(site, -60_000, new AbortController().signal);
    expect((await ada.browser.send(undoPath(id), {})).status).toBe(410);
    expect((await api(undoPath(id), await tokenOf(ada))).status).toBe(410);
  });

  test("an import that changed nothing offers no undo and links to no contacts", async () => {
    await importFile("email,company\nann@x.test,A\n");
    const second = await importFile("email,company\nann@x.test,A\n");
    const [, row] = await jobs();
    expect(row).toMatchObject({
      outcome: "Nothing changed: 1 unchanged",
      result_page: null,
      follow_ups: null,
    });
    expect(await ada.browser.text(`/jobs/${second}`)).not.toContain("Undo this import");
  });
});
