/** Imports of spreadsheets and address books. */
import { writeOds, writeXlsx } from "hucre";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import contactImport from "../../jobs/contact_import.ts";
import { rescue } from "../../server/engine/finish.ts";
import { retryRejected } from "../../server/engine/start/retry-rejected.ts";
import type { Kind } from "../../server/job.ts";
import { zip } from "../support/archives.ts";
import { backends } from "../support/backends.ts";
import { failFromWrite } from "../support/interrupted-backend.ts";
import { type Engine, testEngine } from "../support/test-engine.ts";

const catalog = new Map([["contact_import", contactImport as unknown as Kind]]);

describe.each(backends)("an import of a spreadsheet on $name", (which) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await testEngine(which, catalog);
  });
  afterEach(() => engine.close());

  async function importFile(content: string | Uint8Array, name: string, input = {}) {
    return engine.finish("contact_import", {
      upload_id: await engine.upload(content, name),
      ...input,
    });
  }

  function contacts() {
    return engine.backend.db
      .selectFrom("contacts")
      .select(["email", "first_name", "phone"])
      .orderBy("email")
      .execute();
  }

  const rows = [
    ["Guests of the fair"],
    [],
    ["E-mail", "First name", "Phone", "Since"],
    ["ada@x.test", "Ada", 442012345678, new Date(Date.UTC(2023, 2, 15))],
    [],
    ["nobody", 'Bob "B"', "+44 20", 5],
    ["cy@x.test", "Cy\nTwo", null, null, "beside the table"],
  ];
  const sheets = [{ name: "People", rows }];

  test.each([
    ["xlsx", async () => writeXlsx({ sheets })],
    ["ods", async () => writeOds({ sheets })],
    ["zip", async () => zip({ "people.xlsx": await writeXlsx({ sheets }) })],
  ])(
    "the rows of a file of type %s are imported, and counted as the sheet does",
    async (type, write) => {
      const job = await importFile(await write(), `people.${type}`);
      expect(job).toMatchObject({ status: "done", outcome: "Imported 2 of 3, 1 row rejected" });
      expect(await contacts()).toEqual([
        { email: "ada@x.test", first_name: "Ada", phone: "442012345678" },
        { email: "cy@x.test", first_name: "Cy\nTwo", phone: null },
      ]);
      expect(await engine.errors(job.id)).toEqual([
        { reason: "No @ in the email", count: 1, rows: [6] },
      ]);
      expect(await engine.files(job.id)).toMatchObject([
        {
          name: "people-rejected.csv",
          content: expect.stringMatching(
            /^\ufeffE-mail,First name,Phone,Since,.*Rejected because\r\nnobody,"Bob ""B""",\+44 20,5,.*No @ in the email\r\n$/,
          ),
        },
      ]);
    },
  );

  test("the rejected rows of a chosen sheet are imported again from their file", async () => {
    const two = [{ name: "Empty", rows: [["Email"], ["no@x.test"]] }, ...sheets];
    const job = await importFile(await writeXlsx({ sheets: two }), "people.xlsx", {
      sheet: "People",
      delimiter: "semicolon",
    });
    expect(job.outcome).toBe("Imported 2 of 3, 1 row rejected");
    const { job: again } = await retryRejected({ ...engine, catalog }, job, "user-1");
    expect(await engine.run(again.id)).toMatchObject({
      outcome: "Nothing imported: the only row was rejected",
    });
    const [, file] = await Promise.all([engine.files(job.id), engine.files(again.id)]);
    expect(file[0]!.content).toContain('nobody,"Bob ""B""",+44 20,5');
  });

  test("cells to the right of the table are left out, which the log says", async () => {
    const people = Array.from({ length: 30 }, (_, at) => [`p${at}@x.test`, "Ada"]);
    people[25]!.push("", "a remark");
    const bytes = await writeXlsx({
      sheets: [{ name: "A", rows: [["Email", "Name"], ...people] }],
    });
    const job = await importFile(bytes, "people.xlsx");
    expect(job).toMatchObject({ outcome: "Imported 30 of 30" });
    const log = await engine.backend.db.selectFrom("job_logs").select("message").execute();
    expect(log.map(({ message }) => message)).toContain(
      "1 row with cells to the right of the table: they were left out (row 27)",
    );
  });

  test("an address book is imported with one contact a card", async () => {
    const card = (name: string, email: string) =>
      `BEGIN:VCARD\r\nVERSION:3.0\r\nN:${name};;;\r\nEMAIL:${email}\r\nTEL:+44 20\r\nEND:VCARD\r\n`;
    const book = card("Lovelace;Ada", "ada@x.test") + card("Byron;Bob", "bob@x.test");
    expect(await importFile(book, "contacts.vcf")).toMatchObject({ outcome: "Imported 2 of 2" });
    expect(await contacts()).toEqual([
      { email: "ada@x.test", first_name: "Ada", phone: "+44 20" },
      { email: "bob@x.test", first_name: "Bob", phone: "+44 20" },
    ]);
  });

  test.each([
    ["a sheet that is missing", "people.xlsx has no sheet “Guests”", "xlsx", { sheet: "Guests" }],
    ["a sheet of a text", "people.csv has no sheets", "csv", { sheet: "People" }],
  ])("an import of %s changes nothing", async (_, error, type, input) => {
    const content = type === "csv" ? "email\nada@x.test\n" : await writeXlsx({ sheets });
    const job = await importFile(content, `people.${type}`, input);
    expect(job).toMatchObject({ status: "failed", reason: "refused", error, retries: 0 });
    expect(job.advice).toBeTruthy();
    expect(await contacts()).toEqual([]);
  });

  test("a workbook that is damaged behind its first rows changes nothing", async () => {
    const many = Array.from({ length: 40_000 }, (_, at) => [`p${(at * 7_919) % 99_991}@x.test`]);
    const bytes = await writeXlsx({ sheets: [{ name: "People", rows: [["Email"], ...many] }] });
    Buffer.from(bytes.buffer, bytes.byteOffset).fill(0, 150_000, 151_000);
    const job = await importFile(bytes, "people.xlsx");
    expect(job).toMatchObject({
      status: "failed",
      reason: "refused",
      error: expect.stringContaining("people.xlsx is damaged"),
    });
    expect(await contacts()).toEqual([]);
  });

  test("an import that is killed while it reads a workbook goes on at the same row", async () => {
    const many = Array.from({ length: 60_000 }, (_, at) => [
      at % 10_007 === 0 ? `nobody ${at}` : `p${(at * 7_919) % 99_991}@x.test`,
      `Name ${at}`,
    ]);
    const bytes = await writeXlsx({
      sheets: [{ name: "People", rows: [["Email", "Name"], ...many] }],
    });
    const upload_id = await engine.upload(bytes, "people.xlsx");
    const id = await engine.start("contact_import", { upload_id });
    let kills = 0;
    for (let job = await engine.job(id); job.status === "queued"; kills++) {
      const small = { ...engine.backend, maxBatchRows: 5_000 };
      // More from time to time, because a slow machine writes progress between two checkpoints.
      const backend = failFromWrite(small, 7 + (kills % 3) + Math.floor(kills / 6));
      job = await engine.run(id, { backend }).catch(() => engine.job(id));
      if (job.status !== "running") break;
      await rescue(engine.backend, job);
      job = await engine.job(id);
    }
    expect(kills).toBeGreaterThan(2);
    expect(await engine.job(id)).toMatchObject({ status: "done", succeeded: 59_994, rejected: 6 });
    expect(await contacts()).toHaveLength(59_994);
    expect(await engine.errors(id)).toMatchObject([
      { count: 6, rows: [2, 10_009, 20_016, 30_023, 40_030, 50_037] },
    ]);
  });
});
