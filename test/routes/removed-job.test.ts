import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { openSite, type Site } from "../support/site.ts";

let site: Site;
let person: Awaited<ReturnType<Site["join"]>>;
const id = uuidv7();
beforeEach(async () => {
  site = await openSite(backends[0]!);
  person = await site.join("ada");
  const owner = { account_id: person.accountId, user_id: person.userId };
  const columns = {
    id,
    kind: "stepping",
    status: "done",
    outcome: "Imported 72 of 75.",
  } as const;
  const finished_at = Date.UTC(2026, 4, 3, 14, 2);
  await site.backend.db
    .insertInto("expired_jobs")
    .values({ ...owner, ...columns, timeout_ms: 1, rescues: 0, finished_at })
    .execute();
});
afterEach(() => site.close());

test.each(["", "/viewer", "/log", "/result"])(
  "the page of a deleted job says how the job ended: %s",
  async (path) => {
    const answer = await person.browser.get(`/jobs/${id}${path}`);
    expect(answer.status).toBe(410);
    const page = await answer.text();
    expect(page).toContain("This job was deleted");
    expect(page).toMatch(/Finished on May 3.*: Imported 72 of 75\. Jobs are deleted 90 days/);
  },
);

test("a deleted job cannot be cancelled or retried", async () => {
  for (const action of ["cancel", "retry"]) {
    expect((await person.post(`/jobs/${id}/${action}`)).status).toBe(410);
  }
});

test("the API says how a deleted job ended", async () => {
  const answer = await person.browser.send(`/api/jobs/${id}`, {
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(answer.status).toBe(410);
  const { detail } = (await answer.json()) as { detail: string };
  expect(detail).toMatch(/^Steps\. Finished on May 3/);
});

test("another person's deleted job is not found", async () => {
  const outsider = await site.join("eve");
  expect((await outsider.browser.get(`/jobs/${id}`)).status).toBe(404);
});

test("an open page of a deleted job polls without an error", async () => {
  const answer = await person.browser.get(`/live?topics=job:${id}`);
  expect(answer.status).toBe(200);
});
