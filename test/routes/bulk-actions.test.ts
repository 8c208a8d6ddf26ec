import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cancel } from "../../server/engine/cancel.ts";
import { backends } from "../support/backends.ts";
import { openSite, type Site } from "../support/site.ts";

let site: Site;
let person: Awaited<ReturnType<Site["join"]>>;
beforeEach(async () => {
  site = await openSite(backends[0]!);
  person = await site.join("ada");
});
afterEach(() => site.close());

async function endedJob(): Promise<string> {
  const id = await person.start("stepping");
  await cancel(site, id, person.userId);
  return id;
}

const retryAll = (...ids: string[]) =>
  person.post("/jobs/bulk", [
    ["action", "retry"],
    ...ids.map((id): [string, string] => ["ids", id]),
  ]);

test("a bulk retry starts each job once, and its notice counts only the retried jobs", async () => {
  const ids = [await endedJob(), await endedJob()];
  expect((await retryAll(...ids)).status).toBe(303);
  expect(await person.browser.text("/jobs")).toContain("Retried 2 jobs<");
  await retryAll(...ids);
  expect(await person.browser.text("/jobs")).toContain(
    "Retried 0 jobs. 2 skipped: 2 can&#39;t be retried.",
  );
  const all = await site.backend.db.selectFrom("jobs").select("retry_of").execute();
  expect(all.filter(({ retry_of }) => retry_of !== null)).toHaveLength(2);
});

test("a bulk retry skips a job whose kind no longer exists", async () => {
  const [gone, good] = [await endedJob(), await endedJob()];
  await site.backend.db.updateTable("jobs").set({ kind: "gone" }).where("id", "=", gone).execute();
  expect((await retryAll(gone, good)).status).toBe(303);
  expect(await person.browser.text("/jobs")).toContain(
    "Retried 1 job. 1 skipped: 1 can&#39;t be retried.",
  );
});

test("a bulk action returns to the filtered list", async () => {
  const fields: [string, string][] = [
    ["action", "clear"],
    ["ids", await endedJob()],
  ];
  const referer = "http://localhost/jobs?status=cancelled&q=step";
  const answer = await person.post("/jobs/bulk", fields, { referer });
  expect(answer.headers.get("location")).toBe("/jobs?status=cancelled&q=step");
  const bare = await person.post("/jobs/bulk", fields);
  expect(bare.headers.get("location")).toBe("/jobs");
});

test("a bulk action leaves the jobs of other people alone", async () => {
  const outsider = await site.join("eve");
  const id = await endedJob();
  await outsider.post("/jobs/bulk", [
    ["action", "clear"],
    ["ids", id],
  ]);
  const job = await site.backend.db.selectFrom("jobs").select("hidden_at").executeTakeFirst();
  expect(job).toEqual({ hidden_at: null });
});

test("an action for all matches asks first, then starts a bulk job", async () => {
  await endedJob();
  await person.start("stepping");
  const asked = await person.post("/jobs/bulk", [
    ["action", "cancel"],
    ["all", "1"],
    ["type", "stepping"],
    ["scope", "mine"],
  ]);
  expect(asked.headers.get("location")).toBe("/jobs/bulk?action=cancel&type=stepping");
  const page = await person.browser.text("/jobs/bulk?action=cancel&type=stepping");
  expect(page).toContain("Cancel 1 job?");
  expect(page).toContain("My jobs · Steps");
  expect(page).toContain("1 other matching job is already finished and won&#39;t change.");
  const fields = [...page.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)]
    .map(([, name, value]): [string, string] => [name!, value!])
    .filter(([name]) => name !== "token");
  for (let click = 0; click < 2; click++) {
    const started = await person.post("/jobs/bulk/all", fields);
    expect(started.headers.get("location")).toMatch(/^\/jobs\/[0-9a-f-]{36}$/);
  }
  const { db } = site.backend;
  const jobs = await db.selectFrom("jobs").selectAll().where("kind", "=", "bulk_cancel").execute();
  expect(jobs).toHaveLength(1);
  expect(jobs[0]).toMatchObject({ subject: "My jobs · Steps", user_id: person.userId });
  expect(JSON.parse(jobs[0]!.input).selection).toMatchObject({
    scope: "mine",
    kinds: ["stepping"],
  });
});

test("an invalid bulk form leads back to the list", async () => {
  const now = String(site.backend.now());
  const all = (more: Record<string, string>) => {
    const fields = { action: "cancel", until: now, ...more };
    return person.post("/jobs/bulk/all", Object.entries(fields));
  };
  const invalidFields: Record<string, string>[] = [
    { from: "0000-01-01", zone: "Europe/Berlin" },
    { to: "9999-12-31", zone: "Pacific/Pago_Pago" },
    { until: "8640000000000000", when: "today" },
    { until: "-8640000000000000", when: "7d" },
    { until: "1e400" },
    { until: "" },
    { idempotency_key: randomBytes(30_000).toString("hex") },
  ];
  for (const [n, odd] of invalidFields.entries()) {
    expect([n, (await all(odd)).status]).toEqual([n, 303]);
  }
});

test("an action that fits no job has nothing to confirm", async () => {
  const page = await person.browser.text("/jobs/bulk?action=retry&status=active");
  expect(page).toContain("No matching jobs");
  expect(page).not.toContain('id="submit"');
  expect((await person.browser.get("/jobs/bulk?action=explode")).status).toBe(303);
});

test("a bulk download packs the files of the person's own selected jobs", async () => {
  const id = await endedJob();
  const download = (browser: typeof person) =>
    browser.post("/jobs/bulk", [
      ["action", "download"],
      ["ids", id],
    ]);
  expect((await download(person)).status).toBe(303);
  expect(await person.browser.text("/jobs")).toContain("These jobs have no files.");
  await site.storage.save(`jobs/${id}/files/1`, [Buffer.from("Dolly")]);
  const file = { id: "file-1", job_id: id, role: "result", name: "sheep.txt" } as const;
  await site.backend.db
    .insertInto("files")
    .values({
      ...file,
      media_type: "text/plain",
      size: 5,
      storage_key: `jobs/${id}/files/1`,
      created_at: 1,
    })
    .execute();
  const answer = await download(person);
  expect(answer.headers.get("content-disposition")).toContain("Files of 1 job.zip");
  expect(Buffer.from(await answer.arrayBuffer()).toString("latin1")).toContain("sheep.txt");
  expect(await person.browser.text(`/jobs/${id}`)).toContain("You downloaded sheep.txt");
  expect((await download(await site.join("eve"))).status).toBe(303);
});
