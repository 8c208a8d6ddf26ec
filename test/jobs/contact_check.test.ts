import { afterEach, beforeEach, describe, expect, test } from "vitest";
import contactCheck from "../../jobs/contact_check.ts";
import contactImport from "../../jobs/contact_import.ts";
import type { JobRow } from "../../server/backend/schema.ts";
import { startFollowUp } from "../../server/engine/start/follow-up.ts";
import type { Kind } from "../../server/job.ts";
import { listJobFiles } from "../../server/storage/job-files.ts";
import { addMember } from "../support/add-member.ts";
import { backends } from "../support/backends.ts";
import { type Engine, testEngine } from "../support/test-engine.ts";

const catalog = new Map<string, Kind>([
  ["contact_import", contactImport as unknown as Kind],
  ["contact_check", contactCheck as unknown as Kind],
]);

const header = "email,first name,city\n";

describe.each(backends)("the check of a file on $name", (which) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await testEngine(which, catalog);
    await addMember(engine.backend);
  });
  afterEach(() => engine.close());

  async function run(content: string, input: Record<string, unknown> = {}): Promise<JobRow> {
    const upload_id = await engine.upload(content);
    return engine.finish("contact_import", { upload_id, ...input });
  }

  const check = (content: string, input = {}) => run(content, { validate_only: true, ...input });

  async function importThese(job: JobRow): Promise<JobRow> {
    const { backend } = engine;
    const started = await startFollowUp({ backend, catalog }, job, "import", { userId: "user-1" });
    return engine.run(started.job.id);
  }

  const contacts = () =>
    engine.backend.db
      .selectFrom("contacts")
      .select(["email", "first_name", "custom_fields"])
      .orderBy("email")
      .execute();

  test("a check says what an import would do and writes no contact", async () => {
    await run(`${header}ada@x.test,Ada,\nbo@x.test,Bo,Rome\n`);
    const before = await contacts();
    const job = await check(
      `${header}ada@x.test,Ada,\nbo@x.test,Bo,Paris\ncy@x.test,Cy,\ncy@x.test,,Oslo\nnobody,,\n`,
    );
    expect(job).toMatchObject({
      kind: "contact_check",
      status: "done",
      outcome: "Checked: 2 new or changed, 1 unchanged, 1 rejected",
      succeeded: 4,
      rejected: 1,
      result_page: null,
      follow_ups: '["import"]',
    });
    expect(await contacts()).toEqual(before);
    expect(await engine.errors(job.id)).toEqual([
      { reason: "No @ in the email", count: 1, rows: [6] },
    ]);
    const files = await listJobFiles(engine.backend, job.id);
    expect(files.map(({ role }) => role)).toEqual(["rejected"]);
  });

  test("a check that keeps known contacts as they are counts them as unchanged", async () => {
    await run(`${header}ada@x.test,Ada,\n`);
    const job = await check(`${header}ada@x.test,Eve,\ncy@x.test,Cy,\n`, { duplicates: "skip" });
    expect(job.outcome).toBe("Checked: 1 new or changed, 1 unchanged");
  });

  test("an import goes on from a check without reading the file again", async () => {
    const job = await check(`${header}bo@x.test,Bo,Rome\nada@x.test,Ada,\nnobody,,\n`);
    // The import must not need the uploaded file any more.
    await engine.backend.db.updateTable("uploads").set({ storage_key: "gone" }).execute();
    const imported = await importThese(job);
    expect(imported).toMatchObject({
      kind: "contact_import",
      status: "done",
      outcome: "Imported 2 of 2",
      succeeded: 2,
      rejected: 0,
    });
    expect(await contacts()).toEqual([
      { email: "ada@x.test", first_name: "Ada", custom_fields: null },
      { email: "bo@x.test", first_name: "Bo", custom_fields: '{"city":"Rome"}' },
    ]);
    const names = await engine.backend.db.selectFrom("contact_fields").select("name").execute();
    expect(names).toEqual([{ name: "city" }]);
  });

  test("an import reads the file again if what the check kept has expired", async () => {
    const job = await check(`${header}ada@x.test,Ada,\n`);
    await engine.backend.db.updateTable("files").set({ expires_at: 1 }).execute();
    expect(await importThese(job)).toMatchObject({ status: "done", outcome: "Imported 1 of 1" });
    expect(await contacts()).toHaveLength(1);
  });

  test("of two people who start a follow-up at the same moment, one starts it", async () => {
    const job = await check(`${header}ada@x.test,Ada,\n`);
    const parts = { backend: engine.backend, catalog };
    const starts = await Promise.allSettled(
      ["user-1", "user-2"].map((userId) => startFollowUp(parts, job, "import", { userId })),
    );
    expect(starts.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const imports = await engine.backend.db
      .selectFrom("jobs")
      .selectAll()
      .where("kind", "=", "contact_import")
      .execute();
    expect(imports).toHaveLength(1);
    expect((await engine.job(job.id)).follow_ups).toBeNull();
  });

  test("the import of a check can be started once", async () => {
    const job = await check(`${header}ada@x.test,Ada,\n`);
    const { backend } = engine;
    const parts = { backend, catalog };
    const first = await startFollowUp(parts, job, "import", { userId: "user-1" });
    const again = await startFollowUp(parts, await engine.job(job.id), "import", {
      userId: "user-1",
    });
    expect(again.job.id).toBe(first.job.id);
    await expect(
      startFollowUp(parts, await engine.job(job.id), "import", { userId: "user-2" }),
    ).rejects.toThrow("not_offered");
  });

  test("a check of a file without a valid row offers no import", async () => {
    const job = await check(`${header}nobody,No,\n`);
    expect(job).toMatchObject({ status: "done", succeeded: 0, rejected: 1, follow_ups: null });
  });

  test("an import of which every row is rejected has no page of contacts", async () => {
    const job = await run(`${header}nobody,No,\n`);
    expect(job).toMatchObject({
      outcome: "Nothing imported: the only row was rejected",
      result_page: null,
      follow_ups: null,
    });
  });
});
