import { afterEach, beforeEach, describe, expect, test } from "vitest";
import contactImport from "../../jobs/contact_import.ts";
import contactUndo from "../../jobs/contact_undo.ts";
import type { Kind } from "../../server/job.ts";
import { addMember } from "../support/add-member.ts";
import { addAccount, backends } from "../support/backends.ts";
import { stopAfterWrites } from "../support/interrupted-backend.ts";
import { type Engine, testEngine } from "../support/test-engine.ts";

const catalog = new Map<string, Kind>([
  ["contact_import", contactImport as unknown as Kind],
  ["contact_undo", contactUndo as unknown as Kind],
]);

describe.each(backends)("the undo of an import on $name", (which) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await testEngine(which, catalog);
    await addMember(engine.backend);
  });
  afterEach(() => engine.close());

  async function importFile(content: string, input: Record<string, unknown> = {}) {
    const upload_id = await engine.upload(content);
    const job = await engine.finish("contact_import", { upload_id, ...input });
    expect(job.status).toBe("done");
    return job.id;
  }

  const undo = (job_id: string) => engine.finish("contact_undo", { job_id });

  const table = () =>
    engine.backend.db.selectFrom("contacts").selectAll().orderBy("email").execute();

  async function contactCount(): Promise<number> {
    const { contact_count } = await engine.backend.db
      .selectFrom("accounts")
      .select("contact_count")
      .where("id", "=", "account-1")
      .executeTakeFirstOrThrow();
    return contact_count;
  }

  /** Changes a contact as the page of a contact does. */
  async function edit(email: string, company: string) {
    await engine.backend.db
      .updateTable("contacts")
      .set({ company, job_id: "", updated_at: Date.now() })
      .where("email", "=", email)
      .execute();
  }

  test("an undo removes what the import created and restores what it changed", async () => {
    await importFile("email,first name,city,tags\nada@x.test,Ada,London,a;b\nbo@x.test,Bo,,\n");
    const before = await table();
    const job = await importFile(
      "email,first name,city,tags,phone\nada@x.test,Eve,Paris,c,+49 30 123456\nbo@x.test,Bo,,,\ncy@x.test,Cy,Rome,d,\n",
    );
    expect(await table()).not.toEqual(before);
    expect(await contactCount()).toBe(3);
    const undone = await undo(job);
    expect(undone).toMatchObject({
      status: "done",
      outcome: "Undid the changes of 2 contacts",
      result_page: `/jobs/${job}`,
    });
    expect(await table()).toEqual(before);
    expect(await contactCount()).toBe(2);
    expect(await engine.files(undone.id)).toEqual([]);
  });

  test("an undo leaves contacts alone that were changed or deleted since, and lists them", async () => {
    await importFile("email,company\nada@x.test,A\n");
    const job = await importFile(
      "email,company\nada@x.test,B\nbo@x.test,B\ncy@x.test,B\ndee@x.test,B\n",
    );
    await edit("ada@x.test", "by hand");
    await importFile("email,company\nbo@x.test,C\n");
    await engine.backend.db.deleteFrom("contacts").where("email", "=", "cy@x.test").execute();
    const undone = await undo(job);
    expect(undone).toMatchObject({
      outcome: "Undid the changes of 1 contact, 3 changed since stay as they are",
      succeeded: 1,
      skipped: 3,
    });
    expect((await table()).map(({ email, company }) => `${email} ${company}`)).toEqual([
      "ada@x.test by hand",
      "bo@x.test C",
    ]);
    const [file] = await engine.files(undone.id);
    const lines = file!.content.split("\r\n").map((line) => line.split(",").slice(0, 2).join(","));
    expect(lines).toEqual([
      "\ufeffEmail,Changed by",
      expect.stringMatching(/^(ada@x.test,A person|bo@x.test,Another job)$/),
      expect.stringMatching(/^(ada@x.test,A person|bo@x.test,Another job)$/),
      "",
    ]);
  });

  test("a second undo of the same import finds nothing of its own", async () => {
    const job = await importFile("email\nada@x.test\n");
    await undo(job);
    await importFile("email\nada@x.test\n");
    const before = await table();
    expect((await undo(job)).succeeded).toBe(0);
    expect(await table()).toEqual(before);
  });

  test("an undo refuses an active import, and one of another account", async () => {
    const upload_id = await engine.upload("email\nada@x.test\n");
    const active = await engine.start("contact_import", { upload_id });
    // Paused, so that it does not run before the undo.
    await engine.backend.db
      .updateTable("jobs")
      .set({ status: "paused" })
      .where("id", "=", active)
      .execute();
    expect(await undo(active)).toMatchObject({
      status: "failed",
      error: "The import is still active",
    });
    const done = await importFile("email\nbo@x.test\n");
    await addAccount(engine.backend, "account-2");
    await engine.backend.db
      .updateTable("jobs")
      .set({ account_id: "account-2" })
      .where("id", "=", done)
      .execute();
    expect(await undo(done)).toMatchObject({
      status: "failed",
      error: "The import no longer exists",
    });
    expect(await table()).toHaveLength(1);
  });

  test("an undo that is interrupted in the middle continues behind its last batch", async () => {
    await importFile(rows(0, 900, "old"));
    const before = await table();
    const job = await importFile(rows(300, 2_400, "new"));
    const id = await engine.start("contact_undo", { job_id: job });
    let runs = 0;
    for (let job = await engine.job(id); job.status === "queued"; runs++) {
      const abort = new AbortController();
      const backend = stopAfterWrites(engine.backend, runs % 2 === 0 ? 3 : 4, abort);
      job = await engine.run(id, { backend, abort });
    }
    expect(runs).toBeGreaterThan(1);
    expect(await engine.job(id)).toMatchObject({ status: "done", skipped: 0, succeeded: 2_100 });
    expect(await table()).toEqual(before);
  });

  test.each([1, 2, 3, 4])(
    "undos in reverse order give back each state of history %i",
    async (seed) => {
      const random = generator(seed);
      const states: unknown[] = [await table()];
      const jobs: string[] = [];
      for (let round = 0; round < 4; round++) {
        jobs.push(
          await importFile(randomFile(random), { duplicates: random(4) ? "update" : "skip" }),
        );
        states.push(await table());
      }
      while (jobs.length > 0) {
        expect(await table()).toEqual(states.pop());
        const undone = await undo(jobs.pop()!);
        expect(undone).toMatchObject({ status: "done", skipped: 0 });
      }
      expect(await table()).toEqual(states[0]);
      expect(await contactCount()).toBe(0);
    },
  );

  test("an undo in the middle of a history leaves what later jobs and people wrote", async () => {
    const random = generator(9);
    await importFile(randomFile(random));
    const before = new Map((await table()).map((row) => [row.email, row]));
    const job = await importFile(randomFile(random));
    const after = new Map((await table()).map((row) => [row.email, row]));
    await importFile(randomFile(random));
    for (const { email } of (await table()).slice(0, 5)) await edit(email, "by hand");
    const last = new Map((await table()).map((row) => [row.email, row]));
    await undo(job);
    const now = new Map((await table()).map((row) => [row.email, row]));
    for (const [email, row] of last) {
      const isOfTheJob = row.job_id === job && row.updated_at === after.get(email)?.updated_at;
      expect(now.get(email)).toEqual(isOfTheJob ? before.get(email) : row);
    }
  });
});

function rows(from: number, to: number, company: string): string {
  let text = "email,company\n";
  for (let at = from; at < to; at++) text += `p${10_000 + at}@x.test,${company}\n`;
  return text;
}

/** @returns a function for numbers from 0 to below `max` (mulberry32) */
function generator(seed: number): (max: number) => number {
  let state = seed * 7_919;
  return (max) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % max;
  };
}

/** Rows of forty people, some of them several times, with random cells, some of them empty. */
function randomFile(random: (max: number) => number): string {
  let text = "email,first name,company,phone,City,Notes,tags\n";
  for (let row = 0; row < 60; row++) {
    const cell = (name: string) => (random(3) === 0 ? "" : `${name}${random(4)}`);
    const phone = random(2) ? `+49 30 12345${random(9)}` : "";
    text += `p${random(40)}@x.test,${cell("F")},${cell("C")},${phone},${cell("T")},${cell("N")},${cell("a")};${cell("b")}\n`;
  }
  return text;
}
