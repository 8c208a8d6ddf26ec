import { afterEach, beforeEach, describe, expect, test } from "vitest";
import contactImport from "../../jobs/contact_import.ts";
import { rescue } from "../../server/engine/finish.ts";
import { Stopped } from "../../server/engine/run/run.ts";
import type { Kind } from "../../server/job.ts";
import { backends } from "../support/backends.ts";
import { failFromWrite, stopAfterWrites } from "../support/interrupted-backend.ts";
import { type Engine, testEngine } from "../support/test-engine.ts";
import { encode } from "./lib/csv/encode.ts";

const catalog = new Map([["contact_import", contactImport as unknown as Kind]]);

describe.each(backends)("contact import on $name", (which) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await testEngine(which, catalog);
  });
  afterEach(() => engine.close());

  async function importFile(
    content: string | Uint8Array,
    input: Record<string, unknown> = {},
    name?: string,
  ) {
    const upload_id = await engine.upload(content, name);
    return engine.finish("contact_import", { upload_id, ...input });
  }

  function contacts() {
    return engine.backend.db
      .selectFrom("contacts")
      .select(["email", "first_name", "last_name", "company", "phone", "job_id"])
      .where("account_id", "=", "account-1")
      .orderBy("email")
      .execute();
  }

  /** Formats each contact as "ada@x.test Ada Lovelace", with "-" for an empty field. */
  async function people(): Promise<string[]> {
    return (await contacts()).map((row) => {
      const { email, first_name, last_name, company, phone } = row;
      const known = [email, first_name, last_name, company, phone].map((value) => value ?? "-");
      return known.join(" ").replace(/( -)+$/, "");
    });
  }

  async function contactCount(): Promise<number> {
    const { contact_count } = await engine.backend.db
      .selectFrom("accounts")
      .select("contact_count")
      .where("id", "=", "account-1")
      .executeTakeFirstOrThrow();
    return contact_count;
  }

  test("the import saves contacts and reports its counts, rejected rows and mapping", async () => {
    const job = await importFile(
      "E-Mail,Vorname,Nachname,Firma,Tel.\n" +
        "ADA@x.test,Ada,Lovelace,Engines,+44 20\nnobody,No,Body\n,,Empty\nbob@x.test,Bob\n",
    );
    expect(job).toMatchObject({
      status: "done",
      outcome: "Imported 2 of 4, 2 rows rejected",
      result_page: `/contacts?job=${job.id}`,
      succeeded: 2,
      rejected: 2,
      skipped: 0,
    });
    expect(await people()).toEqual(["ada@x.test Ada Lovelace Engines +44 20", "bob@x.test Bob"]);
    expect(await contactCount()).toBe(2);
    expect(await engine.errors(job.id)).toEqual([
      { reason: "Missing email", count: 1, rows: [4] },
      { reason: "No @ in the email", count: 1, rows: [3] },
    ]);
    const log = await engine.backend.db.selectFrom("job_logs").select("message").execute();
    expect(log.map(({ message }) => message)).toEqual([
      "Mapped E-Mail → Email, Vorname → First name, Nachname → Last name, Firma → Company, Tel. → Phone",
      "2 contacts in the file, 2 rows rejected",
    ]);
  });

  test("the file of rejected rows has each row unchanged with its reason", async () => {
    const job = await importFile(
      'mail;note\r\nno;"two\nlines; and ""more"""\r\na@x.test;ok\r\nb@x.test;ok;beyond\r\nshort\r\n',
      {},
      "autumn fair.csv",
    );
    expect(job.outcome).toBe("Imported 1 of 4, 3 rows rejected");
    expect(await engine.files(job.id)).toMatchObject([
      {
        role: "rejected",
        name: "autumn fair-rejected.csv",
        media_type: "text/csv",
        content:
          "\ufeffmail;note;Rejected because\r\n" +
          'no;"two\nlines; and ""more""";No @ in the email\r\n' +
          "b@x.test;ok;More cells than the header;beyond\r\n" +
          "short;;No @ in the email\r\n",
      },
    ]);
  });

  test("the import updates a known contact and never clears its fields", async () => {
    await importFile("email,first name,last name,phone\nada@x.test,Ada,Byron,1\n");
    const file =
      "email,first name,last name,company\nada@x.test,,Lovelace,Engines\nbob@x.test,Bob,,\n";
    const job = await importFile(file);
    expect(job.outcome).toBe("Imported 2 of 2 (1 created, 1 updated)");
    expect(await people()).toEqual(["ada@x.test Ada Lovelace Engines 1", "bob@x.test Bob"]);
    expect((await contacts()).map((contact) => contact.job_id)).toEqual([job.id, job.id]);
    expect(await contactCount()).toBe(2);
  });

  test("the import skips known contacts when duplicates are to be skipped", async () => {
    const first = await importFile("email,first name\nada@x.test,Ada\n");
    const file = "email,first name\nada@x.test,Eve\nbob@x.test,Bob\nbob@x.test,Rob\n";
    const job = await importFile(file, { duplicates: "skip" });
    expect(job.outcome).toBe("Imported 1 of 3, 2 duplicates skipped");
    expect(job).toMatchObject({ succeeded: 1, rejected: 0, skipped: 2 });
    expect(await people()).toEqual(["ada@x.test Ada", "bob@x.test Bob"]);
    expect((await contacts())[0]!.job_id).toBe(first.id);
    expect(await contactCount()).toBe(2);
  });

  test("a second import of the same file leaves the contacts unchanged", async () => {
    const file = "email,name\nada@x.test,Ada Lovelace\nbob@x.test,Bob Byron\n";
    await importFile(file);
    const before = await people();
    expect((await importFile(file)).outcome).toBe("Nothing changed: 2 unchanged");
    expect((await importFile(file, { duplicates: "skip" })).outcome).toBe(
      "Nothing imported: 2 duplicates skipped",
    );
    expect(await people()).toEqual(before);
    expect(await contactCount()).toBe(2);
  });

  test("the import leaves contacts of another account with the same email unchanged", async () => {
    await importFile("email,first name\nada@x.test,Ada\n");
    await engine.backend.db.updateTable("contacts").set({ account_id: "account-2" }).execute();
    expect((await importFile("email,first name\nada@x.test,Eve\n")).outcome).toBe(
      "Imported 1 of 1",
    );
    expect(await people()).toEqual(["ada@x.test Eve"]);
  });

  test.each<["update" | "skip", string]>([
    ["update", "last"],
    ["skip", "first"],
  ])(
    "rows with the same email become one contact across batches (duplicates: %s)",
    async (duplicates, expected) => {
      // More rows of one email than fit into a batch.
      const rows = Array.from({ length: 14_000 }, (_, at) => {
        const email = at % 2 === 0 ? "same@x.test" : `${at % 5 === 0 ? "a" : "z"}${at}@x.test`;
        return `${email},${at === 0 ? "first" : at === 13_998 ? "last" : ""},${at}`;
      });
      const input = { duplicates, mapping: { 0: "email", 1: "first_name", 2: "phone" } };
      const job = await importFile(`email,a,b\n${rows.join("\n")}\n`, input);
      const [skipped, succeeded] = duplicates === "skip" ? [6_999, 7_001] : [0, 14_000];
      expect(job).toMatchObject({ status: "done", succeeded, skipped, rejected: 0 });
      const same = (await contacts()).find(({ email }) => email === "same@x.test")!;
      const phone = duplicates === "skip" ? "0" : "13998";
      expect(same).toMatchObject({ first_name: expected, phone });
      expect(await contactCount()).toBe(7_001);
    },
  );

  describe("file formats", () => {
    test.each<[string, string | Uint8Array]>([
      ["a byte order mark", "\ufeffemail,name\nada@x.test,Ada Lovelace\n"],
      ["semicolons", "email;name\nada@x.test;Ada Lovelace\n"],
      ["UTF-16", encode("email\tname\nada@x.test\tAda Lovelace\n", "utf-16le")],
      ["a line break in quotes", 'note,email,name\n"a\r\nb",ada@x.test,Ada Lovelace\n'],
      ["rows that are shorter than the header", "email,name,x\nada@x.test,Ada Lovelace\n"],
      ["empty cells beyond the header", "email,name\nada@x.test,Ada Lovelace,,\n"],
      ["no header", "ada@x.test,Ada Lovelace\n"],
      ["blank lines and no last line end", "\nemail,name\n\n,\nada@x.test,Ada Lovelace"],
    ])("the import reads a file with %s", async (_, content) => {
      const input = content === "ada@x.test,Ada Lovelace\n" ? { mapping: byPlace } : {};
      const job = await importFile(content, input);
      expect(job).toMatchObject({ status: "done", outcome: "Imported 1 of 1" });
      expect(await people()).toEqual(["ada@x.test Ada Lovelace"]);
    });
    const byPlace = { 0: "email", 1: "full_name" };

    test.each<[string, string | Uint8Array]>([
      ["people.csv is empty", "\r\n \r\n"],
      ["people.csv has a header but no rows", "email,name\n"],
      [
        "people.csv is a PNG image, not a spreadsheet or CSV file",
        Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1"),
      ],
      [
        "Row 3: a cell is longer than 1 MB",
        `email,x\na@x.test,1\nb@x.test,${"x".repeat(10_000_000)}\n`,
      ],
      ["No column is mapped to Email", "name,city\nAda,London\n"],
    ])("the import fails with “%s”", async (error, content) => {
      const job = await importFile(content);
      expect(job).toMatchObject({ status: "failed", reason: "refused", error, retries: 0 });
      expect(job.advice).toBeTruthy();
      expect(await contacts()).toEqual([]);
    });

    test("the import rejects a mapping of a column that the file does not have", async () => {
      const job = await importFile("email\na@x.test\n", { mapping: { 0: "email", 4: "company" } });
      expect(job.error).toBe("Column 5 is mapped, but the file has only 1 column");
      expect(await contacts()).toEqual([]);
    });

    test("the import skips the columns that a mapping skips together", async () => {
      const mapping = { 0: "email", 2: "custom", others: "" };
      await importFile("Email,City,Fax\na@x.test,Rome,12\n", { mapping });
      const saved = engine.backend.db.selectFrom("contacts").select("custom_fields");
      expect((await saved.execute()).map(({ custom_fields }) => custom_fields)).toEqual([
        JSON.stringify({ Fax: "12" }),
      ]);
    });

    test("the import takes the first row for names when the input says so", async () => {
      const job = await importFile("a@x.test\nb@x.test\n", {
        mapping: { 0: "email" },
        first_row: "names",
      });
      expect(job.outcome).toBe("Imported 1 of 1");
      expect(await people()).toEqual(["b@x.test"]);
    });
  });

  describe("interrupted imports", () => {
    /** A file for three sorted runs and a hundred batches, with duplicates and rejected rows throughout. */
    const file = `email,first name,phone\n${Array.from({ length: 60_000 }, (_, at) => {
      if (at % 10_007 === 0) return `nobody ${at},,`;
      const number = at % 1_009 === 0 ? 77 : at % 20_011;
      return `u${(number * 7_919) % 20_011}@x.test,${at % 3 ? "" : `n${at}`},${at}`;
    }).join("\n")}\n`;

    /** Makes batches small on every backend, so that many of them can be interrupted. */
    const inSmallBatches = (maxBatchRows = 200) => ({ ...engine.backend, maxBatchRows });

    async function everything(id: string) {
      const { status, outcome, succeeded, rejected, skipped } = await engine.job(id);
      const rows = (await contacts()).map(({ job_id: _, ...row }) => row);
      const [rejects] = await engine.files(id);
      const count = await contactCount();
      const errors = await engine.errors(id);
      const counts = { succeeded, rejected, skipped, count };
      return { status, outcome, counts, rows, errors, rejects: rejects?.content };
    }

    async function forget(): Promise<void> {
      await engine.backend.db.deleteFrom("contacts").execute();
      await engine.backend.db.updateTable("accounts").set({ contact_count: 0 }).execute();
    }

    async function uninterrupted(upload_id: string, input: object) {
      const job = await engine.finish("contact_import", { upload_id, ...input });
      const expected = await everything(job.id);
      expect(expected.counts).toMatchObject({ rejected: 6, count: expected.rows.length });
      await forget();
      return expected;
    }

    test("an import that is interrupted again and again ends like an uninterrupted one", async () => {
      const upload_id = await engine.upload(file);
      const expected = await uninterrupted(upload_id, {});
      const id = await engine.start("contact_import", { upload_id });
      let runs = 0;
      for (let job = await engine.job(id); job.status === "queued"; runs++) {
        const abort = new AbortController();
        const writes = runs % 7 === 0 ? 1 : 6;
        const backend = stopAfterWrites(inSmallBatches(), writes, abort);
        job = await engine.run(id, { backend, abort });
      }
      expect(runs).toBeGreaterThan(20);
      expect(await everything(id)).toEqual(expected);
    });

    test("an import that is killed while writing continues after its last saved batch", async () => {
      const upload_id = await engine.upload(file);
      const expected = await uninterrupted(upload_id, { duplicates: "skip" });
      const id = await engine.start("contact_import", { upload_id, duplicates: "skip" });
      let kills = 0;
      for (let job = await engine.job(id); job.status === "queued"; kills++) {
        // More from time to time, because a slow machine writes progress between two checkpoints.
        const writes = 9 + (kills % 5) + Math.floor(kills / 10);
        const backend = failFromWrite(inSmallBatches(), writes);
        // The kill may hit the end of the run, which is not caught: the sweep finds such a job.
        job = await engine.run(id, { backend }).catch(() => engine.job(id));
        if (job.status !== "running") break;
        await rescue(engine.backend, job);
        job = await engine.job(id);
      }
      expect(kills).toBeGreaterThan(10);
      expect(await everything(id)).toEqual(expected);
    });

    test("a cancelled import keeps the contacts of its saved batches and says so", async () => {
      const upload_id = await engine.upload(`email\n${many(5_000)}x\n`);
      const id = await engine.start("contact_import", { upload_id });
      const abort = new AbortController();
      const backend = stoppingOnceSaved(abort);
      const job = await engine.run(id, { backend, abort });
      expect(job).toMatchObject({
        status: "cancelled",
        outcome: "Cancelled after saving 500 of 5,001 rows. Saved contacts were kept.",
      });
      expect(await contactCount()).toBe(500);
      expect(await contacts()).toHaveLength(500);
    });

    test("an import that is cancelled before its first batch says that it saved nothing", async () => {
      const upload_id = await engine.upload(`email\n${many(10)}`);
      const id = await engine.start("contact_import", { upload_id });
      const abort = new AbortController();
      abort.abort(new Stopped("cancel"));
      const job = await engine.run(id, { abort });
      expect(job.outcome).toBe("Cancelled before any contact was saved.");
      expect(await contacts()).toEqual([]);
    });

    function stoppingOnceSaved(abort: AbortController) {
      const backend = inSmallBatches(500);
      return {
        ...backend,
        async write<T>(...given: Parameters<typeof backend.write<T>>) {
          const result = await backend.write<T>(...given);
          if ((await contactCount()) > 0) abort.abort(new Stopped("cancel"));
          return result;
        },
      };
    }
  });

  function many(rows: number): string {
    return Array.from({ length: rows }, (_, at) => `u${at}@x.test\n`).join("");
  }
});
