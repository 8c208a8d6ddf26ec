import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { openContacts } from "../../../../jobs/lib/contacts/contacts-file.ts";
import { readContacts, runNames } from "../../../../jobs/lib/contacts/read-contacts.ts";
import { saveContacts } from "../../../../jobs/lib/contacts/save-contacts.ts";
import { defineJob, type Kind, upload } from "../../../../server/job.ts";
import { backends } from "../../../support/backends.ts";
import { stopAfterWrites } from "../../../support/interrupted-backend.ts";
import { type Engine, testEngine } from "../../../support/test-engine.ts";

let names: string[] = [];
let expected: number[] = [];

/** An import whose runs are so small that hundreds of them have to be joined. */
const smallRuns = defineJob({
  title: "Import in small runs",
  description: "",
  input: z.object({ upload_id: upload("text/csv") }),
  steps: { Reading: 1, Saving: 1 },
  async run(job, { upload_id }) {
    const file = await openContacts(await job.open(upload_id), {});
    const read = await job.step("Reading", () =>
      readContacts(job, file, { rows: 10, bytes: 150 }, (contacts) => expected.push(contacts)),
    );
    names = runNames(read);
    const how = { total: read.contacts, duplicates: "update", names: read, size: 97 } as const;
    await job.step("Saving", () => saveContacts(job, names, how));
    return { message: `${read.contacts} contacts, ${read.runs} runs` };
  },
});

let engine: Engine;
beforeEach(async () => {
  expected = [];
  engine = await testEngine(backends[0]!, new Map([["small", smallRuns as unknown as Kind]]));
});
afterEach(() => engine.close());

test("readContacts joins hundreds of runs into a few and loses no contact", async () => {
  const rows = Array.from({ length: 2_345 }, (_, at) => `u${(at * 7_919) % 2_345}@x.test,${at}\n`);
  const upload_id = await engine.upload(`email,phone\n${rows.join("")}`);
  const job = await engine.finish("small", { upload_id });
  expect(job).toMatchObject({ status: "done", succeeded: 2_345 });
  const runs = Number(/(\d+) runs/.exec(job.outcome ?? "")![1]);
  expect(runs).toBeGreaterThan(130);
  expect(names).toHaveLength(Math.floor(runs / 64) + (runs % 64));
  expect(names.slice(0, 3)).toEqual([
    "joined-0",
    "joined-1",
    expect.stringMatching(/^(run|joined)-/),
  ]);
  const contacts = await engine.backend.db.selectFrom("contacts").select("phone").execute();
  const phones = contacts.map(({ phone }) => Number(phone)).toSorted((a, b) => a - b);
  expect(phones).toEqual(Array.from(rows.keys()));
});

test("readContacts says early how many contacts the whole file seems to hold", async () => {
  const rows = Array.from({ length: 1_000 }, (_, at) => `user${1_000 + at}@x.test,x\n`);
  const upload_id = await engine.upload(`email,phone\n${rows.join("")}`);
  await engine.finish("small", { upload_id });
  expect(expected.length).toBeGreaterThan(50);
  for (const contacts of expected.slice(5)) {
    expect(contacts).toBeGreaterThan(900);
    expect(contacts).toBeLessThan(1_100);
  }
  expect(expected.at(-1)).toBeCloseTo(1_000);
});

test("readContacts continues an interrupted reading behind the last run that it has saved", async () => {
  const rows = Array.from({ length: 600 }, (_, at) =>
    at % 100 === 50 ? `nobody${at},x\n` : `user${1_000 + at}@x.test,${at}\n`,
  );
  const upload_id = await engine.upload(`email,phone\n${rows.join("")}`);
  const id = await engine.start("small", { upload_id });
  const abort = new AbortController();
  const backend = stopAfterWrites(engine.backend, 25, abort);
  const stopped = await engine.run(id, { backend, abort });
  const { cursor } = JSON.parse(stopped.checkpoint!);
  expect(stopped.status).toBe("queued");
  expect(cursor.contacts).toBeGreaterThan(50);
  expect(cursor.contacts).toBeLessThan(500);
  const ended = await engine.run(id);
  // A second reading of the first rows would count them twice, and reject them twice.
  expect(ended.outcome).toMatch(/^594 contacts, /);
  expect(ended).toMatchObject({ status: "done", succeeded: 594, rejected: 6 });
  expect(await engine.errors(id)).toMatchObject([
    { count: 6, rows: [52, 152, 252, 352, 452, 552] },
  ]);
  const contacts = await engine.backend.db.selectFrom("contacts").select("phone").execute();
  expect(contacts).toHaveLength(594);
});
