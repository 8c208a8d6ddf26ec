import { afterEach, beforeEach, expect, test } from "vitest";
import { cancel } from "../../server/jobs/cancel.ts";
import { backends } from "../support/backends.ts";
import { openSite, type Site } from "./site.ts";

let site: Site;
let person: Awaited<ReturnType<Site["join"]>>;
beforeEach(async () => {
  site = await openSite(backends[0]!);
  person = await site.join("ada");
});
afterEach(() => site.close());

async function endedJob(): Promise<string> {
  const id = await person.start("stepping");
  await cancel(site.backend, id, person.userId);
  return id;
}

const retryAll = (...ids: string[]) =>
  person.post("/jobs/bulk", [
    ["action", "retry"],
    ...ids.map((id): [string, string] => ["ids", id]),
  ]);

test("jobs are started again once, and what is said counts only these", async () => {
  const ids = [await endedJob(), await endedJob()];
  expect((await retryAll(...ids)).status).toBe(303);
  expect(await person.browser.text("/jobs")).toContain("2 jobs started again.");
  await retryAll(...ids);
  expect(await person.browser.text("/jobs")).toContain(
    "0 jobs started again; 2 jobs left as before.",
  );
  const all = await site.backend.db.selectFrom("jobs").select("retry_of").execute();
  expect(all.filter(({ retry_of }) => retry_of !== null)).toHaveLength(2);
});

test("a job whose kind is gone does not keep the others from being started", async () => {
  const [gone, good] = [await endedJob(), await endedJob()];
  await site.backend.db.updateTable("jobs").set({ kind: "gone" }).where("id", "=", gone).execute();
  expect((await retryAll(gone, good)).status).toBe(303);
  expect(await person.browser.text("/jobs")).toContain(
    "1 job started again; 1 job left as before.",
  );
});

test("leads back to the list as it was filtered", async () => {
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

test("jobs of others are left alone", async () => {
  const stranger = await site.join("eve");
  const id = await endedJob();
  await stranger.post("/jobs/bulk", [
    ["action", "clear"],
    ["ids", id],
  ]);
  const job = await site.backend.db.selectFrom("jobs").select("hidden_at").executeTakeFirst();
  expect(job).toEqual({ hidden_at: null });
});
