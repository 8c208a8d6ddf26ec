import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { openSite, type Site } from "../support/site.ts";

type Member = Awaited<ReturnType<Site["join"]>>;

describe.each(backends)("the pages of schedules on $name", (which) => {
  let site: Site;
  let ada: Member;
  beforeAll(async () => {
    site = await openSite(which);
    ada = await site.join("ada");
  });
  afterAll(() => site.close());

  const form = (more: Record<string, string> = {}) =>
    Object.entries({ type: "stepping", pause: "11", repeats: "every day at 2:30", ...more });
  const create = async (more: Record<string, string> = {}) => {
    const answer = await ada.post("/schedules", form(more));
    expect(answer.status).toBe(303);
    return answer.headers.get("location")!;
  };
  const row = (href: string) =>
    site.backend.db
      .selectFrom("schedules")
      .selectAll()
      .where("id", "=", href.split("/").at(-1)!)
      .executeTakeFirstOrThrow();

  test("the form of a kind leads to the times, and they to the schedule", async () => {
    // Enter in a field presses the first button of a form, which has to be the one that starts a job.
    const start = await ada.browser.text("/jobs/new/stepping");
    const [, button] = /<button[^>]*? id="([^"]+)" type="submit"/.exec(
      start.split('id="job-form"')[1]!,
    )!;
    expect(button).toBe("submit");
    expect(start).toContain('name="repeats"');
    const sent = await ada.post("/jobs", form());
    expect([sent.status, sent.headers.get("location")]).toEqual([307, "/schedules/new"]);
    const berlin = { when_zone: "Europe/Berlin", idempotency_key: "tab-1" };
    const answer = await ada.post("/schedules/new", form(berlin));
    expect(answer.status).toBe(200);
    const page = await answer.text();
    expect(page).toContain("At 02:30.");
    expect(page.match(/<li>\w{3}, \w{3} \d+( \d{4})?, 02:30<\/li>/g)).toHaveLength(5);
    expect(page).toMatch(/On Sunday \d+ March 02:30 does not exist; it runs at 03:00\./);
    expect(page).toMatch(/On Sunday \d+ October 02:30 comes twice; it runs once, the first time\./);
    expect(page).toContain('<option value="Europe/Berlin" selected>');
    expect(page).toContain('name="pause" value="11"');
    const chosen = { ...berlin, time_zone: "Europe/Berlin" };
    const href = await create(chosen);
    expect(await create(chosen)).toBe(href);
    const shown = await ada.browser.text(href);
    expect(shown).toContain("Every day at 2:30");
    expect(shown).toContain("At 02:30 · Europe/Berlin");
    expect(shown).toContain("You created this schedule");
    expect(shown).toMatch(/<li>\w{3}, \w{3} \d+( \d{4})?, 02:30<\/li>/);
    expect(await ada.browser.text("/schedules")).toContain(`href="${href}"`);
  });

  test("words that nobody understands are an error of their field, and save nothing", async () => {
    for (const path of ["/schedules/new", "/schedules"]) {
      const refused = await ada.post(path, form({ repeats: "now and then" }));
      expect(refused.status).toBe(422);
      expect(await refused.text()).toMatch(/id="repeats-error">[\s\S]*every weekday at 07:00/);
    }
    const refused = await ada.post("/schedules/new", form({ pause: "much" }));
    const back = await ada.browser.text(refused.headers.get("location")!);
    expect(back).toMatch(/name="repeats"[^>]*value="every day at 2:30"/);
    expect(back).toContain("Enter a");
  });

  test("a schedule is paused, resumed, edited, run now and deleted without JavaScript", async () => {
    const href = await create();
    await ada.post(`${href}/pause`);
    expect(await row(href)).toMatchObject({ next_at: null });
    expect(await ada.browser.text(href)).toContain("Paused");
    await ada.post(`${href}/resume`);
    const { version } = await row(href);
    expect(await ada.browser.text(`${href}/edit`)).toContain('value="every day at 2:30"');
    const edit = { repeats: "every weekday at 7", time_zone: "Asia/Kathmandu" };
    const checked = await ada.post(`${href}/edit?check`, Object.entries(edit));
    expect(await checked.text()).toContain("At 07:00, Monday through Friday");
    const fields = Object.entries({ ...edit, version: String(version) });
    expect((await ada.post(`${href}/edit`, fields)).status).toBe(303);
    expect(await row(href)).toMatchObject({ cron: "0 7 * * 1-5", time_zone: "Asia/Kathmandu" });
    expect((await ada.post(`${href}/edit`, fields)).status).toBe(409);
    await ada.post(`${href}/run`);
    const page = await ada.browser.text(href);
    const [, job] = /href="\/jobs\/([0-9a-f-]{36})"/.exec(page) ?? [];
    expect(page).toContain("You started a run");
    await ada.post(`${href}/run`);
    expect(await ada.browser.text(href)).toContain("The last run is unfinished.");
    expect(await ada.browser.text(`/jobs/${job}`)).toContain(`href="${href}">every weekday at 7<`);
    await ada.post(`${href}/delete`);
    expect((await ada.browser.get(href)).status).toBe(404);
    expect((await ada.browser.get(`/jobs/${job}`)).status).toBe(200);
  });

  test("a failing schedule is marked in the list and on its page", async () => {
    const href = await create({ pause: "12" });
    await site.backend.db
      .updateTable("schedules")
      .set({ failures: 3 })
      .where("id", "=", href.split("/").at(-1)!)
      .execute();
    for (const path of [href, "/schedules"]) {
      expect(await ada.browser.text(path)).toContain("The last 3 runs failed");
    }
  });
});
