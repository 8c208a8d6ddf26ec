import { afterEach, beforeEach, describe, expect, test } from "vitest";
import contactExport from "../../jobs/contact_export.ts";
import contactImport from "../../jobs/contact_import.ts";
import type { Kind } from "../../server/job.ts";
import { backends } from "../support/backends.ts";
import { stopAfterWrites } from "../support/interrupted-backend.ts";
import { type Engine, testEngine } from "../support/test-engine.ts";

const catalog = new Map<string, Kind>([
  ["contact_export", contactExport as unknown as Kind],
  ["contact_import", contactImport as unknown as Kind],
]);

describe.each(backends)("contact export on $name", (which) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await testEngine(which, catalog);
  });
  afterEach(() => engine.close());

  async function importFile(content: string) {
    const upload_id = await engine.upload(content);
    const job = await engine.finish("contact_import", { upload_id });
    expect(job.status).toBe("done");
  }

  const everybody = () =>
    engine.backend.db
      .selectFrom("contacts")
      .select(["email", "first_name", "last_name", "company", "phone"])
      .orderBy("email")
      .execute();

  test("the export writes the contacts of its account as CSV and escapes formulas", async () => {
    await importFile(
      'email,first name,last name,company,phone\nzoe@x.test,Zoë,,"A, ""B""",+49 170 1\nada@x.test,=1+1,,,\n',
    );
    await engine.backend.db
      .insertInto("contacts")
      .values({ ...row, account_id: "account-2", email: "other@x.test" })
      .execute();
    const job = await engine.finish("contact_export", {});
    expect(job).toMatchObject({
      status: "done",
      outcome: "Exported 2 contacts",
      succeeded: 2,
      result_page: null,
    });
    expect(await engine.files(job.id)).toMatchObject([
      {
        role: "result",
        name: "contacts.csv",
        media_type: "text/csv",
        content:
          "\ufeffEmail,First name,Last name,Company,Phone\r\n" +
          "ada@x.test,'=1+1,,,\r\n" +
          'zoe@x.test,Zoë,,"A, ""B""",+49 170 1\r\n',
      },
    ]);
  });

  test("an exported file imports to the same contacts", async () => {
    await importFile(
      'email,first name,last name,company\na@x.test,\'=x,@me,"two\nlines"\nb@x.test,-,"a;b",\'\'+\n',
    );
    const before = await everybody();
    const job = await engine.finish("contact_export", {});
    const [file] = await engine.files(job.id);
    await engine.backend.db.deleteFrom("contacts").execute();
    await importFile(file!.content);
    expect(await everybody()).toEqual(before);
  });

  test("the export writes only the contacts whose email begins with the prefix", async () => {
    await importFile("email\nanna@x.test\nan@x.test\nbob@x.test\n");
    const job = await engine.finish("contact_export", { prefix: " AN " });
    expect(job.outcome).toBe("Exported 2 contacts");
    const [file] = await engine.files(job.id);
    expect(file!.content.split("\r\n").slice(1, -1)).toEqual(["an@x.test,,,,", "anna@x.test,,,,"]);
  });

  test("the export of an account without contacts writes only the header", async () => {
    const job = await engine.finish("contact_export", {});
    expect(job).toMatchObject({ status: "done", outcome: "Exported 0 contacts" });
    const [file] = await engine.files(job.id);
    expect(file!.content).toBe("\ufeffEmail,First name,Last name,Company,Phone\r\n");
  });

  test("an export that is interrupted again and again writes the same file", async () => {
    await importFile(`email,phone\n${many(23_456)}`);
    const whole = await engine.finish("contact_export", {});
    const id = await engine.start("contact_export", {});
    let runs = 0;
    for (let job = await engine.job(id); job.status === "queued"; runs++) {
      const abort = new AbortController();
      const backend = stopAfterWrites(engine.backend, runs % 3 === 0 ? 1 : 3, abort);
      job = await engine.run(id, { backend, abort });
    }
    expect(runs).toBeGreaterThan(3);
    expect(await engine.job(id)).toMatchObject({ outcome: whole.outcome, succeeded: 23_456 });
    const [expected] = await engine.files(whole.id);
    const [file] = await engine.files(id);
    expect(file!.content === expected!.content).toBe(true);
    expect(file!.content.split("\r\n")).toHaveLength(23_458);
  });
});

const row = { job_id: "job", created_at: 1, updated_at: 1 };

function many(rows: number): string {
  return Array.from({ length: rows }, (_, at) => `u${(at * 7_919) % rows}@x.test,${at}\n`).join("");
}
