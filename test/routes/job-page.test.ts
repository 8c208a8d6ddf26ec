import { afterEach, beforeEach, expect, test } from "vitest";
import { cancel } from "../../server/engine/cancel.ts";
import type { QueuedReason } from "../../server/engine/job-reason.ts";
import { backends } from "../support/backends.ts";
import { openSite, type Site } from "../support/site.ts";

let site: Site;
let person: Awaited<ReturnType<Site["join"]>>;
beforeEach(async () => {
  site = await openSite(backends[0]!);
  person = await site.join("ada");
});
afterEach(() => site.close());

test("a job's page shows no secret of its input, required or optional", async () => {
  const input = { user: "ada", password: "engine", hint: "analytical" };
  const page = await person.browser.text(`/jobs/${await person.start("secretive", input)}`);
  expect(page).toContain("••••••••");
  expect(page).not.toContain("engine");
  expect(page).not.toContain("analytical");
});

test("a finished job's page leaves out empty fields and says that nothing was logged", async () => {
  const id = await person.start("secretive", { user: "ada", password: "engine", hint: "" });
  const waiting = await person.browser.text(`/jobs/${id}`);
  expect(waiting).toContain("Nothing logged<span> yet</span>.");
  expect(waiting).toContain("Password");
  expect(waiting).not.toContain("Hint");
  await cancel(site, id, person.userId);
  expect(await person.browser.text(`/jobs/${id}`)).toContain("Nothing logged.");
});

test("without JavaScript a running job's page reloads often and a scheduled job's page rarely", async () => {
  const id = await person.start("stepping");
  const reload = async () =>
    /http-equiv="refresh" content="(\d+)"/.exec(await person.browser.text(`/jobs/${id}`))?.[1];
  expect(await reload()).toBe("2");
  const tonight = site.backend.now() + 3_600_000;
  await site.backend.db.updateTable("jobs").set({ run_at: tonight }).where("id", "=", id).execute();
  expect(await reload()).toBe("30");
});

test("a fragment leaves the flash message to the page", async () => {
  const id = await person.start("stepping");
  await cancel(site, id, person.userId);
  await person.post(`/jobs/${id}/retry`);
  const again = await person.post(`/jobs/${id}/retry`);
  await person.browser.get(`/jobs/${id}/viewer`);
  const page = await person.browser.text(again.headers.get("location")!);
  expect(page).toContain("Already restarted. This is the new job.");
});

test("a job that was cancelled while it waited says for what, and whether its work was kept", async () => {
  const outcome = async (set: { fence: number; succeeded: number; reason?: QueuedReason }) => {
    const id = await person.start("stepping");
    await site.backend.db.updateTable("jobs").set(set).where("id", "=", id).execute();
    await cancel(site, id, person.userId);
    return person.browser.text(`/jobs/${id}`);
  };
  expect(await outcome({ fence: 0, succeeded: 0 })).toContain("Cancelled before it started<");
  expect(await outcome({ fence: 1, succeeded: 0 })).toContain("Cancelled before it continued<");
  const retried = await outcome({ fence: 1, succeeded: 0, reason: "retry" });
  expect(retried).toContain("Cancelled while waiting for a retry<");
  const asleep = await outcome({ fence: 1, succeeded: 2, reason: "sleeping" });
  expect(asleep).toContain("Cancelled while waiting. Finished work was kept.");
  expect(await outcome({ fence: 1, succeeded: 2 })).toContain("Finished work was kept");
});
