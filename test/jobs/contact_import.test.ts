import { afterEach, beforeEach, describe, expect, test } from "vitest";
import contactImport from "../../jobs/contact_import.ts";
import type { Kind } from "../../server/job.ts";
import { backends } from "../support/backends.ts";
import { type Engine, testEngine } from "../support/run-job.ts";

const catalog = new Map([["contact_import", contactImport as unknown as Kind]]);

describe.each(backends)("$name", (which) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await testEngine(which, catalog);
  });
  afterEach(() => engine.close());

  async function importFile(content: string | Uint8Array, input: Record<string, unknown> = {}) {
    const upload_id = await engine.upload(content);
    return engine.finish("contact_import", { upload_id, ...input });
  }

  function contacts() {
    return engine.backend.db
      .selectFrom("contacts")
      .select(["email", "first_name", "last_name", "company", "phone"])
      .orderBy("email")
      .execute();
  }

  test("brings people in and says how it went", async () => {
    const job = await importFile(
      "E-Mail,Vorname,Nachname\nADA@x.test,Ada,Lovelace\nnobody,No,Body\n,,Empty\nbob@x.test,Bob,\n",
    );
    expect(job).toMatchObject({
      status: "succeeded",
      outcome: "Imported 2 of 4, 2 rows rejected",
      result_page: `/contacts?job=${job.id}`,
      succeeded: 2,
      failed: 2,
      skipped: 0,
    });
    expect(await contacts()).toEqual([
      { email: "ada@x.test", first_name: "Ada", last_name: "Lovelace", company: null, phone: null },
      { email: "bob@x.test", first_name: "Bob", last_name: null, company: null, phone: null },
    ]);
    expect(await engine.errors(job.id)).toEqual([
      { reason: "email is missing", count: 1, rows: [4] },
      { reason: "email is not an address", count: 1, rows: [3] },
    ]);
  });
});
