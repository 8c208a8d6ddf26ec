import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { startJob, useApplication } from "../support/scene/application.ts";
import { expectText } from "../support/scene/browser.ts";

const scene = useApplication();

/** Counts the jobs of a kind on the dashboard. */
async function countJobs(page: Page, kind: string): Promise<number> {
  const dashboard = await page.context().newPage();
  await dashboard.goto(`/jobs?type=${kind}`);
  const rows = await dashboard.locator(".job-row").count();
  await dashboard.close();
  return rows;
}

describe("starting a job", () => {
  test("a double click on Start creates one job", async () => {
    const page = await scene.openPage("/jobs/new/sleep?ms=1");
    const posts: string[] = [];
    page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
    await page.dblclick("#submit");
    await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
    expect(posts).toHaveLength(1);
    expect(await countJobs(page, "sleep")).toBe(1);
  });

  test("a double click on Start creates one job without JavaScript", async () => {
    const page = await scene.openPage("/jobs/new/frequent_progress?calls=1", {
      javaScriptEnabled: false,
    });
    await page.dblclick("#submit");
    await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
    await expectText(page, ".job-panel", /Reported|Queued|Running/);
    expect(await countJobs(page, "frequent_progress")).toBe(1);
  });

  test("a job is scheduled in the person's time zone and can start sooner", async () => {
    const page = await scene.openPage("/jobs/new/sleep?ms=2", { timezoneId: "Asia/Tokyo" });
    await page.click("#when-toggle");
    await expectText(page, "#when-place", "Asia/Tokyo");
    const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
    await page.fill("#when-at", `${day}T06:30`);
    expect(await page.inputValue("#when")).toBe("at");
    await page.click("#submit");
    await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
    await expectText(page, ".job-panel .state", "Scheduled");
    const starts = await page.getAttribute(".job-panel p > time", "datetime");
    const expected = new Date(`${day}T06:30:00+09:00`).toISOString();
    expect(starts).toBe(expected);
    await page.click(".actions [id^=start-now-]");
    await expectText(page, ".job-panel .state", "Done");
  });

  test.each([true, false])(
    "a schedule shows its times before it is saved, and runs now, with JavaScript %s",
    async (javaScriptEnabled) => {
      const page = await scene.openPage(`/jobs/new/sleep?ms=${javaScriptEnabled ? 4 : 5}`, {
        ...{ javaScriptEnabled, timezoneId: "Europe/Berlin" },
      });
      await page.click("#repeat-toggle");
      await page.fill("#repeats", "every day at 2:30");
      await page.press("#repeats", "Enter");
      await expectText(page, "h1", "New schedule");
      expect(await page.locator(".next-runs li").count()).toBe(5);
      await page.selectOption("#time-zone", "Europe/Berlin");
      await page.click("#check");
      await expectText(page, "#schedule", "02:30 does not exist; it runs at 03:00.");
      await page.click("#submit");
      await page.waitForURL(/\/schedules\/[0-9a-f-]{36}$/);
      await page.click("#run");
      await expectText(page, "#flash, .flash", "Started a run.");
      await expect
        .poll(async () => {
          await page.reload();
          return page.textContent("#jobs");
        })
        .toContain("Slept");
      await page.click("#pause");
      await expectText(page, ".schedule-state", "Paused");
    },
  );

  test("a scheduled job is moved to another time without JavaScript", async () => {
    const page = await scene.openPage("/jobs/new/sleep?ms=6&when=tonight", {
      javaScriptEnabled: false,
    });
    await page.click("#submit");
    await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
    await page.click("[id^=move-]");
    await page.selectOption("#when", "tomorrow");
    await page.click("#submit");
    await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
    await expectText(page, ".job-panel", /Scheduled[\s\S]*09:00 UTC/);
    await page.click("#history-toggle");
    await expectText(page, "#history", "You moved this job to another time");
  });

  test("a scheduled time is in UTC without JavaScript", async () => {
    const page = await scene.openPage("/jobs/new/sleep?ms=3", { javaScriptEnabled: false });
    await page.click("#when-toggle");
    await expectText(page, "#when-help", "Times are in UTC");
    await page.selectOption("#when", "at");
    await page.fill("#when-at", "2020-01-01T02:00");
    await page.click("#submit");
    await expectText(page, "#when-error", "This time has passed");
    await page.selectOption("#when", "tomorrow");
    await page.fill("#when-at", "");
    await page.click("#submit");
    await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
    await expectText(page, ".job-panel", /Scheduled[\s\S]*09:00 UTC/);
    await page.click("#history-toggle");
    await expectText(page, "#history", "You started this job");
    await page.click("#change");
    await expectText(page, "#from", "Prefilled from");
  });

  test("a reload of the job's page or a form sent again after Back creates no second job", async () => {
    const page = await scene.openPage("/jobs");
    const path = await startJob(page, "ticking", { ticks: 1, pace: 1 });
    for (let time = 0; time < 3; time++) await page.reload();
    expect(await countJobs(page, "ticking")).toBe(1);
    await page.goBack();
    await page.click("#submit");
    await page.waitForURL(`**${path}`);
    await expectText(page, "#flash", "You already started this. This is the job.");
    expect(await countJobs(page, "ticking")).toBe(1);
    await page.goBack();
    await page.fill("[name=ticks]", "2");
    await page.click("#submit");
    await page.waitForURL(`**${path}`);
    await expectText(page, "#flash", "You already started this. Start a new job with your changes");
    expect(await countJobs(page, "ticking")).toBe(1);
  });

  test("a job that already runs is shown live and starts a second time only when confirmed", async () => {
    const page = await scene.openPage("/jobs");
    const path = await startJob(page, "ticking", { ticks: 600, pace: 50 });
    await page.goto("/jobs/new/ticking?ticks=600&pace=50");
    await page.click("#submit");
    await expectText(page, "h1", /already/);
    const row = `#row-${path.slice("/jobs/".length)}`;
    await expectText(page, row, /[1-9]\d* %/);
    await page.click("#open");
    await page.waitForURL(`**${path}`);
    await page.goBack();
    await page.click("#another button");
    await page.waitForURL((url) => /\/jobs\/[0-9a-f-]{36}$/.test(url.pathname));
    expect(page.url()).not.toContain(path);
    for (const each of [page.url(), path]) {
      await page.goto(each);
      await page.click("[id^=actions-] [id^=cancel-]");
      await expectText(page, ".job-panel", /Cancel/);
    }
  });
});
