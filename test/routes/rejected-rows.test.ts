import Papa from "papaparse";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { saveUpload } from "../../server/storage/uploads.ts";
import { backends } from "../support/backends.ts";
import { contactKinds } from "../support/contact-kinds.ts";
import { openSite, type Site } from "../support/site.ts";

type Member = Awaited<ReturnType<Site["join"]>>;

describe.each(backends)("the rejected rows of a job on $name", (which) => {
  let site: Site;
  let ada: Member;
  beforeEach(async () => {
    site = await openSite(which, contactKinds);
    ada = await site.join("ada");
  });
  afterEach(() => site.close());

  async function importFile(text: string, input: Record<string, unknown> = {}): Promise<string> {
    const chunks = (async function* () {
      yield Buffer.from(text);
    })();
    const { accountId, userId } = ada;
    const target = { backend: site.backend, storage: site.storage, maxBytes: 3_000_000 };
    const file = { accountId, userId, name: "people.csv", mediaType: "text/csv", chunks };
    const { id: upload_id } = await saveUpload(target, file);
    const id = await ada.start("contact_import", { upload_id, ...input });
    await site.runNext();
    return id;
  }

  const pathOf = (id: string) => `/jobs/${id}/rejected-rows`;
  const contacts = () =>
    site.backend.db
      .selectFrom("contacts")
      .select(["email", "first_name", "custom_fields"])
      .orderBy("email")
      .execute();
  const jobs = () => site.backend.db.selectFrom("jobs").selectAll().orderBy("id").execute();

  /** Sends the whole form as a browser does: line ends are CRLF. @param changes by name */
  async function mend(id: string, changes: Record<string, string>): Promise<Response> {
    const page = await ada.browser.text(pathOf(id));
    const fields = [...cellsIn(page), ...hiddenIn(page)].map(([name, value]): [string, string] => [
      name,
      (changes[name] ?? value).replace(/\r?\n/g, "\r\n"),
    ]);
    return ada.post(pathOf(id), fields);
  }

  test("cells with commas, quotes, several lines and emoji come through a correction unchanged", async () => {
    const note = 'Says "hi", then;\nleaves 👋🏽 with Zoë';
    const id = await importFile(
      Papa.unparse([
        ["Email", "Note"],
        ["nobody", note],
        ["x@y.test", "ok"],
      ]),
    );
    const page = await ada.browser.text(pathOf(id));
    expect(page).toMatch(/<textarea id="cell-0-1"/);
    expect(page).toMatch(/id="cell-0-0"[^>]*aria-invalid="true"/);
    const response = await mend(id, { "cell-0-0": "zoe@x.test" });
    expect(response.status).toBe(303);
    await site.runNext();
    const [, job] = await jobs();
    expect(job).toMatchObject({ status: "done", outcome: "Imported 1 of 1", retry_of: id });
    const zoe = (await contacts()).find(({ email }) => email === "zoe@x.test");
    expect(JSON.parse(zoe!.custom_fields!)).toEqual({ Note: note });
  });

  test("rows that nobody corrected are refused with a sentence, and nothing starts", async () => {
    const id = await importFile("email,name\nnobody,No\n");
    const response = await mend(id, {});
    expect(response.status).toBe(422);
    expect(await response.text()).toContain("Correct at least one cell");
    expect(await jobs()).toHaveLength(1);
  });

  test("a file with semicolons keeps them, and the fields of its columns", async () => {
    const id = await importFile("email;first name;city\nann;Ann, A.;Rome\n", {
      mapping: { 0: "email", 1: "first_name", 2: "" },
    });
    await mend(id, { "cell-0-0": "ann@x.test" });
    await site.runNext();
    expect(await contacts()).toEqual([
      { email: "ann@x.test", first_name: "Ann, A.", custom_fields: null },
    ]);
  });

  test("a table of 300 columns shows a few rows, and all of their cells can be corrected", async () => {
    const header = ["email", ...Array.from({ length: 299 }, (_, at) => `c${at}`)];
    const rows = Array.from({ length: 9 }, (_, at) => [`bad${at}`, ...Array(299).fill(`v${at}`)]);
    const id = await importFile(Papa.unparse([header, ...rows]));
    const page = await ada.browser.text(pathOf(id));
    expect(page).toContain("These are the first 6 of 9 rows.");
    await mend(id, { "cell-5-0": "six@x.test", "cell-5-299": "last" });
    await site.runNext();
    const [six] = await contacts();
    expect(JSON.parse(six!.custom_fields!)).toMatchObject({ c0: "v5", c298: "last" });
  });

  test("the page shows the first 100 of more rows, and how to correct all", async () => {
    const rows = Array.from({ length: 130 }, (_, at) => `bad${at}`);
    const id = await importFile(`email\n${rows.join("\n")}\n`);
    const page = await ada.browser.text(pathOf(id));
    expect(page).toContain("Fix 130 rejected rows");
    expect(page).toContain("These are the first 100 of 130 rows.");
    expect(cellsIn(page)).toHaveLength(100);
    await mend(id, { "cell-99-0": "ok@x.test" });
    await site.runNext();
    const [, job] = await jobs();
    expect(job).toMatchObject({ succeeded: 1, rejected: 99 });
  });

  test("the same form sent twice starts one job", async () => {
    const id = await importFile("email\nnobody\n");
    const page = await ada.browser.text(pathOf(id));
    const fields: [string, string][] = [["cell-0-0", "a@x.test"], ...hiddenIn(page)];
    const [first, second] = [
      await ada.post(pathOf(id), fields),
      await ada.post(pathOf(id), fields),
    ];
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    expect(await jobs()).toHaveLength(2);
  });

  test("jobs without rejected rows, active jobs and expired files are refused with a sentence", async () => {
    const clean = await importFile("email\na@x.test\n");
    expect(await refusal(clean)).toContain("This job has no rejected rows to retry.");
    const expired = await importFile("email\nnobody\n");
    const active = await ada.start("contact_import", { upload_id: await anyUpload() });
    expect(await refusal(active)).toContain("This job is still active.");
    await site.backend.db.updateTable("files").set({ expires_at: 1 }).execute();
    expect(await refusal(expired)).toContain("The file of rejected rows has expired.");
  });

  async function anyUpload(): Promise<string> {
    const { id } = await site.backend.db
      .selectFrom("uploads")
      .select("id")
      .executeTakeFirstOrThrow();
    return id;
  }

  async function refusal(id: string): Promise<string> {
    const response = await ada.browser.send(pathOf(id), {});
    expect(response.status).toBe(409);
    // A refused form leads back to the job, which says why.
    expect((await ada.post(pathOf(id))).headers.get("location")).toBe(`/jobs/${id}`);
    return response.text();
  }

  test("other people cannot see or correct a person's rejected rows", async () => {
    const id = await importFile("email\nnobody\n");
    const [grace, eve] = [await site.join("grace"), await site.join("eve")];
    await site.backend.db
      .updateTable("members")
      .set({ account_id: ada.accountId, role: "member" })
      .where("user_id", "=", grace.userId)
      .execute();
    for (const other of [grace, eve]) {
      expect((await other.browser.send(pathOf(id), {})).status).toBe(404);
      expect((await other.post(pathOf(id), [["cell-0-0", "a@x.test"]])).status).toBe(404);
    }
    const forged = new URLSearchParams({ token: "forged", "cell-0-0": "a@x.test" });
    const response = await ada.browser.send(pathOf(id), { method: "POST", body: forged });
    expect(response.status).toBe(403);
    expect(await jobs()).toHaveLength(1);
  });
});

/** @returns names and values of the cells in the order of the page */
function cellsIn(page: string): [string, string][] {
  const inputs = /<input type="text" id="(cell-\d+-\d+)"[^>]*? value="([^"]*)"/g;
  const areas = /<textarea id="(cell-\d+-\d+)"[^>]*>([\s\S]*?)<\/textarea>/g;
  return [...page.matchAll(inputs), ...page.matchAll(areas)].map(([, name = "", value = ""]) => [
    name,
    unescapeHtml(value),
  ]);
}

function hiddenIn(page: string): [string, string][] {
  const [form = ""] = /<form class="card[^"]*" id="mend"[\s\S]*?<div/.exec(page) ?? [];
  const found = form.matchAll(/name="(idempotency_key)"[^>]*? value="([^"]*)"/g);
  return [...found].map(([, name = "", value = ""]) => [name, value]);
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
