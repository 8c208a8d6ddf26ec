import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import contactExport from "../../jobs/contact_export.ts";
import contactImport from "../../jobs/contact_import.ts";
import { InvalidInput } from "../../server/engine/start/request.ts";
import type { Kind } from "../../server/job.ts";
import { addMember } from "../support/add-member.ts";
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
    await addMember(engine.backend);
  });
  afterEach(() => engine.close());

  async function importFile(content: string) {
    const upload_id = await engine.upload(content);
    const job = await engine.finish("contact_import", { upload_id });
    expect(job.status).toBe("done");
    return job;
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
        items: 2,
        content:
          "\ufeffEmail,First name,Last name,Company,Phone,Tags\r\n" +
          "ada@x.test,'=1+1,,,,\r\n" +
          'zoe@x.test,Zoë,,"A, ""B""","=""+49 170 1""",\r\n',
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
    expect(file!.content.split("\r\n").slice(1, -1)).toEqual([
      "an@x.test,,,,,",
      "anna@x.test,,,,,",
    ]);
  });

  test("the export of an account without contacts writes only the header", async () => {
    const job = await engine.finish("contact_export", {});
    expect(job).toMatchObject({ status: "done", outcome: "Exported 0 contacts" });
    const [file] = await engine.files(job.id);
    expect(file!.content).toBe("\ufeffEmail,First name,Last name,Company,Phone,Tags\r\n");
  });

  const people =
    "email,first name,last name,company,phone,City,Tags,Notes\n" +
    'ann@x.test,Ann,Árnason,Acme,+491701234567,Wien,VIP; Austria,"two\nlines"\n' +
    "bob@x.test,Bob,Vip,,0170 1,Graz,,\n" +
    "cyd@x.test,,,Viper Ltd,,,vip,\n";

  /** @returns the text of the exported file without its byte order mark */
  async function exportText(input: Record<string, unknown>): Promise<string> {
    const job = await engine.finish("contact_export", input);
    expect(job.error).toBeNull();
    const [file] = await engine.files(job.id);
    return file!.content.replace("\ufeff", "");
  }

  const emailsIn = (text: string) => [...text.matchAll(/\w+@x\.test/g)].map(([email]) => email);

  test("the export has the chosen fields in their order, delimited as chosen", async () => {
    await importFile(people);
    const text = await exportText({
      fields: ["custom_fields.City", "email", "phone", "phone_e164", "tags"],
      delimiter: "semicolon",
      protect_numbers: false,
    });
    expect(text).toBe(
      "City;Email;Phone;Phone, international;Tags\r\n".replace(
        "Phone, international",
        '"Phone, international"',
      ) +
        'Wien;ann@x.test;+491701234567;+491701234567;"VIP; Austria"\r\n' +
        "Graz;bob@x.test;0170 1;;\r\n" +
        ";cyd@x.test;;;vip\r\n",
    );
  });

  test("an NDJSON export has one contact a line, with digits as they are", async () => {
    await importFile(people);
    const text = await exportText({ format: "ndjson" });
    const lines = text.split("\n").slice(0, -1);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        email: "ann@x.test",
        first_name: "Ann",
        last_name: "Árnason",
        company: "Acme",
        phone: "+491701234567",
        tags: ["VIP", "Austria"],
        custom_fields: { City: "Wien", Notes: "two\nlines" },
      },
      expect.objectContaining({ email: "bob@x.test", tags: [], custom_fields: { City: "Graz" } }),
      expect.objectContaining({ email: "cyd@x.test", first_name: null, custom_fields: {} }),
    ]);
  });

  test("times are exported in UTC", async () => {
    await importFile("email\nann@x.test\n");
    await engine.backend.db
      .updateTable("contacts")
      .set({ created_at: Date.UTC(2026, 0, 2, 3, 4, 5, 678) })
      .execute();
    const fields = ["created_at"];
    expect(await exportText({ fields })).toBe("Created\r\n2026-01-02 03:04:05\r\n");
    const json = await exportText({ fields, format: "ndjson" });
    expect(JSON.parse(json)).toEqual({ created_at: "2026-01-02T03:04:05.678Z" });
  });

  test.each<[string, string[]]>([
    ["vip", ["ann", "bob", "cyd"]],
    ["VIP arnason", ["ann"]],
    ["x.test gra", ["bob"]],
    ["lines", ["ann"]],
    ["nobody", []],
  ])("the search “%s” exports the contacts that have each word somewhere", async (q, found) => {
    await importFile(people);
    const emails = emailsIn(await exportText({ q, fields: ["email"] }));
    expect(emails).toEqual(found.map((name) => `${name}@x.test`));
  });

  test("the export of a tag has its contacts, whatever the case of the tag", async () => {
    await importFile(people);
    expect(emailsIn(await exportText({ tag: "VIP" }))).toEqual(["ann@x.test", "cyd@x.test"]);
  });

  test("the export of an import has the contacts that it created or changed", async () => {
    const first = await importFile(people);
    const second = await importFile("email,company\nbob@x.test,New\ndan@x.test,Dan\n");
    expect(emailsIn(await exportText({ job_id: second.id }))).toEqual(["bob@x.test", "dan@x.test"]);
    const ofFirst = emailsIn(await exportText({ job_id: first.id, q: "vip" }));
    expect(ofFirst).toEqual(["ann@x.test", "bob@x.test", "cyd@x.test"]);
  });

  test("the export of a large import has each contact once", async () => {
    const rows = Array.from({ length: 9_000 }, (_, at) => `u${at % 6_000}@x.test,${at}\n`);
    const job = await importFile(`email,Number\n${rows.join("")}`);
    await importFile("email\nother@x.test\n");
    const emails = emailsIn(await exportText({ job_id: job.id }));
    expect(emails).toHaveLength(6_000);
    expect(new Set(emails).size).toBe(6_000);
  });

  test("the export of an unknown import, or of another job, is refused", async () => {
    const job = await engine.finish("contact_export", {});
    for (const job_id of [job.id, "0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e9f"]) {
      const refused = await engine.finish("contact_export", { job_id });
      expect(refused).toMatchObject({ status: "failed", error: "Import not found" });
    }
  });

  test("characters that the encoding does not have are counted", async () => {
    await importFile("email,first name\na@x.test,Łukasz 😀\nb@x.test,Zoë\n");
    const job = await engine.finish("contact_export", { encoding: "windows-1252" });
    expect(job.outcome).toBe(
      "Exported 2 contacts; 2 characters that the encoding does not have became “?”",
    );
    const [file] = await engine.files(job.id);
    expect(file!.media_type).toBe("text/csv; charset=windows-1252");
    const bytes = await buffer(engine.storage.read(file!.storage_key));
    expect(bytes.toString("latin1")).toContain("a@x.test,?ukasz ?,");
    expect(bytes.toString("latin1")).toContain("b@x.test,Zoë,");
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["an unknown field", { fields: ["email", "zip"] }, "fields.1"],
    ["an unknown custom field", { fields: ["custom_fields.Zip"] }, "fields"],
    ["no field", { fields: [] }, "fields"],
    ["a field twice", { fields: ["email", "email"] }, "fields"],
    ["an unknown delimiter", { delimiter: ";" }, "delimiter"],
    ["a delimiter for Excel", { format: "xlsx", delimiter: "comma" }, "delimiter"],
    ["an encoding for NDJSON", { format: "ndjson", encoding: "utf-8" }, "encoding"],
    ["an unknown option", { columns: ["email"] }, "columns"],
  ])("an export with %s is refused before it starts", async (_, input, field) => {
    const error = await engine.start("contact_export", input).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(InvalidInput);
    expect(Object.keys(error.fields)).toEqual([field]);
  });

  test("a field that an import adds meanwhile does not move the columns", async () => {
    await importFile(`email,City\n${many(3_000)}`);
    const id = await engine.start("contact_export", {});
    const abort = new AbortController();
    await engine.run(id, { backend: stopAfterWrites(engine.backend, 3, abort), abort });
    expect((await engine.job(id)).succeeded).toBeGreaterThan(0);
    await engine.backend.db
      .insertInto("contact_fields")
      .values({ account_id: "account-1", name: "Area", created_at: 1 })
      .execute();
    await engine.run(id);
    const [file] = await engine.files(id);
    const lines = file!.content.split("\r\n").slice(0, -1);
    expect(lines[0]).toContain("Tags,City");
    expect(new Set(lines.map((line) => line.split(",").length))).toEqual(new Set([7]));
  });

  test.each([{}, { format: "ndjson" }, { format: "xlsx" }])(
    "an export that is interrupted again and again writes the same file: %j",
    async (input) => {
      await importFile(`email,phone\n${many(23_456)}`);
      const whole = await engine.finish("contact_export", input);
      const id = await engine.start("contact_export", input);
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
      if (input.format !== "xlsx") {
        expect(file!.content.match(/\w+@x\.test/g)).toHaveLength(23_456);
      }
    },
  );
});

const row = { job_id: "job", created_at: 1, updated_at: 1 };

function many(rows: number): string {
  return Array.from({ length: rows }, (_, at) => `u${(at * 7_919) % rows}@x.test,${at}\n`).join("");
}
