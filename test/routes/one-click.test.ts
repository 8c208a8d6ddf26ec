import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { savePreferences } from "../../server/accounts/preferences.ts";
import { cancel } from "../../server/engine/cancel.ts";
import { backends } from "../support/backends.ts";
import { openSite, type Site } from "../support/site.ts";

type Member = Awaited<ReturnType<Site["join"]>>;

/** @returns the names and values of the hidden fields of a form */
function hiddenIn(html: string): [string, string][] {
  const found = html.matchAll(/<input type="hidden" name="([^"]+)"[^>]*? value="([^"]*)"/g);
  return [...found].map(([, name = "", value = ""]) => [name, value]);
}

/** @returns the hidden fields of the form that starts another job */
function anotherOf(html: string): [string, string][] {
  const [form = ""] = /<form class="[^"]*" id="another"[\s\S]*?<\/form>/.exec(html) ?? [];
  return hiddenIn(form).filter(([name]) => name !== "token");
}

describe.each(backends)("one click is one job, on $name", (which) => {
  let site: Site;
  let ada: Member;
  beforeAll(async () => {
    site = await openSite(which);
    ada = await site.join("ada");
  });
  afterAll(() => site.close());

  const jobs = () => site.backend.db.selectFrom("jobs").selectAll().orderBy("id").execute();
  const idIn = (answer: Response) => /[0-9a-f-]{36}$/.exec(answer.headers.get("location")!)![0];
  const start = (fields: Record<string, string>, who = ada) =>
    who.post("/jobs", Object.entries({ type: "stepping", ...fields }));

  test("a duplicate of an active job starts only after a confirmation", async () => {
    const first = idIn(await start({ pause: "11", idempotency_key: "tab-1" }));
    const asked = await start({ pause: "11", idempotency_key: "tab-2", when: "tonight" });
    expect(asked.status).toBe(409);
    const page = await asked.text();
    expect(page).toContain("This job is already queued");
    expect(page).toContain("You started the same job at");
    expect(page).toContain(`data-topics="row:${first}`);
    expect(page).toContain(`href="/jobs/${first}">Open job</a>`);
    const again = anotherOf(page);
    expect(Object.fromEntries(again)).toMatchObject({
      ...{ type: "stepping", pause: "11", idempotency_key: "tab-2", when: "tonight", anyway: "1" },
    });
    expect(await jobs()).toHaveLength(1);
    // A double click on this button starts one job too.
    const [second, repeated] = [await ada.post("/jobs", again), await ada.post("/jobs", again)];
    expect(idIn(second)).not.toBe(first);
    expect(idIn(repeated)).toBe(idIn(second));
    const [, scheduled] = await jobs();
    expect(scheduled!.run_at).toBeGreaterThan(scheduled!.created_at);
  });

  test("a member is not asked about the active jobs of other people", async () => {
    const bob = await site.join("bob");
    const { db } = site.backend;
    const membership = { account_id: ada.accountId, role: "member" as const };
    await db.updateTable("members").set(membership).where("user_id", "=", bob.userId).execute();
    const member = await site.join("bob");
    await start({ pause: "12" });
    expect((await start({ pause: "12" }, member)).status).toBe(303);
    expect((await start({ pause: "12" }, member)).status).toBe(409);
    const owners = await (await start({ pause: "12" })).text();
    expect(owners).toContain("already");
  });

  test("a retry asks first while the same job is active", async () => {
    const id = await ada.start("stepping", { pause: 13 });
    await cancel(site, id, ada.userId);
    const running = await ada.start("stepping", { pause: 13 });
    const asked = await ada.post(`/jobs/${id}/retry`);
    expect(asked.status).toBe(409);
    const page = await asked.text();
    expect(page).toContain(`href="/jobs/${running}">Open job</a>`);
    expect(page).toContain(`action="/jobs/${id}/retry"`);
    const again = await ada.post(`/jobs/${id}/retry`, anotherOf(page));
    const job = (await jobs()).find((each) => each.id === idIn(again));
    expect(job).toMatchObject({ retry_of: id, status: "queued" });
  });

  test("Retry on a job whose retry has ended leads to the latest retry, where it starts a new job", async () => {
    const first = idIn(await start({ pause: "61" }));
    await cancel(site, first, ada.userId);
    const second = idIn(await ada.post(`/jobs/${first}/retry`));
    await cancel(site, second, ada.userId);
    const page = async (answer: Response) => ada.browser.text(answer.headers.get("location")!);
    const led = await ada.post(`/jobs/${first}/retry`);
    expect(idIn(led)).toBe(second);
    const shown = await page(led);
    expect(shown).toContain("Already restarted. This is the latest retry, which was cancelled.");
    expect(shown).toContain(`action="/jobs/${second}/retry"`);
    const third = idIn(await ada.post(`/jobs/${second}/retry`));
    expect(third).not.toBe(second);
    expect(idIn(await ada.post(`/jobs/${first}/retry`))).toBe(third);
    const stayed = await page(await ada.post(`/jobs/${first}/retry?stay`));
    expect(stayed).toContain("Already restarted. The latest retry is active.");
    expect(stayed).toContain(`id="flash-link" href="/jobs/${third}">Open job</a>`);
    await cancel(site, third, ada.userId);
  });

  test("a start time in the past is an error of its field and starts nothing", async () => {
    const at = { when: "at", when_at: "2020-01-01T02:00", idempotency_key: "late" };
    const refused = await start({ pause: "14", ...at });
    expect(refused.status).toBe(303);
    const page = await ada.browser.text(refused.headers.get("location")!);
    expect(page).toMatch(/<p class="field-error" id="when-error">[\s\S]*This time has passed/);
    expect(page).toMatch(/value="2020-01-01T02:00"[^>]* aria-invalid="true"/);
    expect(page).toContain('<option value="at" selected>');
    expect(page).toContain('value="14"');
    const id = idIn(await start({ pause: "14", idempotency_key: "late" }));
    expect(idIn(await start({ pause: "14", ...at }))).toBe(id);
  });

  test("the time zone of a form is that of the settings, or else of the browser", async () => {
    const local = { when: "at", when_at: "2027-01-02T02:00", when_zone: "Asia/Tokyo" };
    const runAt = async (answer: Response) => {
      const job = (await jobs()).find(({ id }) => id === idIn(answer));
      return new Date(job!.run_at).toISOString();
    };
    const clock = site.backend.now;
    site.backend.now = () => Date.parse("2026-12-01T00:00:00Z");
    try {
      const eve = await site.join("eve");
      const tokyo = await start({ pause: "15", ...local }, eve);
      expect(await runAt(tokyo)).toBe("2027-01-01T17:00:00.000Z");
      await savePreferences(site.backend, eve.userId, { timeZone: "Europe/Berlin" });
      // Signs in again, because the cached session still has the old preferences.
      const again = await site.join("eve");
      expect(await again.browser.text("/jobs/new/stepping")).toContain("Europe/Berlin");
      const berlin = await start({ pause: "16", ...local }, again);
      expect(await runAt(berlin)).toBe("2027-01-02T01:00:00.000Z");
    } finally {
      site.backend.now = clock;
    }
  });

  test("a scheduled job starts when its button is clicked", async () => {
    const id = idIn(await start({ pause: "17", when: "tomorrow" }));
    const page = await ada.browser.text(`/jobs/${id}`);
    expect(page).toContain(`action="/jobs/${id}/start-now"`);
    expect(page).toContain("Starts <time");
    expect((await ada.post(`/jobs/${id}/start-now`)).status).toBe(303);
    const after = await ada.browser.text(`/jobs/${id}`);
    expect(after).not.toContain(`start-now-${id}`);
    expect(after).toContain("You started this job ahead of schedule");
  });

  test("a form prefilled from an earlier job starts a job that is linked to it", async () => {
    const id = await ada.start("stepping", { pause: 18 });
    const page = await ada.browser.text(`/jobs/${id}`);
    expect(page).toContain("Duplicate");
    await cancel(site, id, ada.userId);
    const ended = await ada.browser.text(`/jobs/${id}`);
    expect(ended).toContain(`href="/jobs/new/stepping?from_job=${id}">Edit and run again`);
    const form = await ada.browser.text(`/jobs/new/stepping?from_job=${id}`);
    expect(form).toContain(`the job of <time`);
    expect(form).toMatch(/value="18" id="f-pause"/);
    const fields = Object.fromEntries(hiddenIn(form));
    expect(fields.from_job).toBe(id);
    const next = idIn(await start({ ...fields, pause: "19" }));
    expect(await ada.browser.text(`/jobs/${next}`)).toContain(`href="/jobs/${id}"`);
    const history = await ada.browser.text(`/jobs/${id}`);
    expect(history).toContain("You ran this job again with changes");
    expect(history).toContain(`href="/jobs/${next}">new job</a>`);

    const eve = await site.join("eve");
    const hers = await eve.browser.text(`/jobs/new/stepping?from_job=${id}`);
    expect(hers).not.toContain('value="18"');
    expect(hers).not.toContain(id);
    // A forged form does not link her job to it either.
    const forged = idIn(await start({ from_job: id, pause: "20" }, eve));
    expect((await jobs()).find((job) => job.id === forged)?.retry_of).toBeNull();
  });

  test("a prefilled form leaves secrets empty", async () => {
    const secrets = { user: "ada", password: "secret-1", hint: "secret-2" };
    const id = await ada.start("secretive", secrets);
    const form = await ada.browser.text(`/jobs/new/secretive?from_job=${id}`);
    expect(form).toContain('value="ada"');
    expect(form).not.toContain("secret-");
  });

  test("a prefilled form reuses the file, and asks for it again after it was deleted", async () => {
    const { db } = site.backend;
    const id = "0198c5d2-7a41-7c3e-9f10-00000000000a";
    await db
      .insertInto("uploads")
      .values({
        ...{ id, account_id: ada.accountId, user_id: ada.userId, name: "sheep.csv" },
        ...{ media_type: "text/csv", size: 4, storage_key: `uploads/${id}`, created_at: 0 },
        sha256: "00",
      })
      .execute();
    const job = await ada.start("reading", { upload_id: id });
    await db.deleteFrom("uploads").where("id", "=", id).execute();
    const form = await ada.browser.text(`/jobs/new/reading?from_job=${job}`);
    expect(form).toContain("The file of that job was deleted. Upload it again.");
    expect(form).toMatch(new RegExp(`action="/uploads\\?[^"]*from_job=${job}`));
  });

  test("the history shows the actions of programs, and nothing to people who may not see the job", async () => {
    const id = await ada.start("counting");
    const eve = await site.join("eve");
    expect((await eve.post(`/jobs/${id}/start-now`)).status).toBe(404);
    expect((await eve.browser.get(`/jobs/${id}`)).status).toBe(404);
    await cancel(site, id, ada.userId, "api");
    expect(await ada.browser.text(`/jobs/${id}`)).toContain("You cancelled this job via the API");
  });
});
