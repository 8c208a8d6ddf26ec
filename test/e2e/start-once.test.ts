import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { says, startJob, useApplication } from "./scene.ts";

const scene = useApplication();

/** How many jobs of a kind the dashboard has. */
async function jobsOf(page: Page, kind: string): Promise<number> {
  const dashboard = await page.context().newPage();
  await dashboard.goto(`/jobs?type=${kind}`);
  const rows = await dashboard.locator(".row").count();
  await dashboard.close();
  return rows;
}

describe("one wish is one job", () => {
  test("a double click on Start", async () => {
    const page = await scene.open("/jobs/new/nap?ms=1");
    const sent: string[] = [];
    page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
    await page.dblclick("#submit");
    await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
    expect(sent).toHaveLength(1);
    expect(await jobsOf(page, "nap")).toBe(1);
  });

  test("a double click with JavaScript off", async () => {
    const page = await scene.open("/jobs/new/chatty?calls=1", { javaScriptEnabled: false });
    await page.dblclick("#submit");
    await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
    await says(page, ".panel", /Said it all|Queued|Running/);
    expect(await jobsOf(page, "chatty")).toBe(1);
  });

  test("a start at a time of the person's own zone, brought forward then", async () => {
    const page = await scene.open("/jobs/new/nap?ms=2", { timezoneId: "Asia/Tokyo" });
    await page.click("#when-toggle");
    await says(page, "#when-place", "Asia/Tokyo");
    const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
    await page.fill("#when-at", `${day}T06:30`);
    expect(await page.inputValue("#when")).toBe("at");
    await page.click("#submit");
    await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
    await says(page, ".panel .state", "Scheduled");
    const starts = await page.getAttribute(".panel p > time", "datetime");
    const asked = new Date(`${day}T06:30:00+09:00`).toISOString();
    expect(starts).toBe(asked);
    await page.click(".actions [id^=start-now-]");
    await says(page, ".panel .state", "Done");
  });

  test("with JavaScript off a time is in UTC, and says so", async () => {
    const page = await scene.open("/jobs/new/nap?ms=3", { javaScriptEnabled: false });
    await page.click("#when-toggle");
    await says(page, "#when-help", "Times are those of UTC");
    await page.selectOption("#when", "at");
    await page.fill("#when-at", "2020-01-01T02:00");
    await page.click("#submit");
    await says(page, "#when-error", "This time has passed");
    await page.selectOption("#when", "tomorrow");
    await page.fill("#when-at", "");
    await page.click("#submit");
    await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
    await says(page, ".panel", /Scheduled[\s\S]*09:00 UTC/);
    await page.click("#history-toggle");
    await says(page, "#history", "You started it");
    await page.click("#change");
    await says(page, "#from", "Filled in as");
  });

  test("reloads of the job's page, and the form sent again after Back", async () => {
    const page = await scene.open("/jobs");
    const path = await startJob(page, "steady", { ticks: 1, pace: 1 });
    for (let time = 0; time < 3; time++) await page.reload();
    expect(await jobsOf(page, "steady")).toBe(1);
    await page.goBack();
    await page.click("#submit");
    await page.waitForURL(`**${path}`);
    await says(page, "#flash", "nothing was started twice");
    expect(await jobsOf(page, "steady")).toBe(1);
    await page.goBack();
    await page.fill("[name=ticks]", "2");
    await page.click("#submit");
    await page.waitForURL(`**${path}`);
    await says(page, "#flash", "with other choices");
    expect(await jobsOf(page, "steady")).toBe(1);
  });

  test("what runs already is shown, live, and started again only on a second word", async () => {
    const page = await scene.open("/jobs");
    const path = await startJob(page, "steady", { ticks: 600, pace: 50 });
    await page.goto("/jobs/new/steady?ticks=600&pace=50");
    await page.click("#submit");
    await says(page, "h1", /already/);
    const face = `#row-${path.slice("/jobs/".length)}`;
    await says(page, face, /[1-9]\d* %/);
    await page.click("#open");
    await page.waitForURL(`**${path}`);
    await page.goBack();
    await page.click("#another button");
    await page.waitForURL((url) => /\/jobs\/[0-9a-f-]{36}$/.test(url.pathname));
    expect(page.url()).not.toContain(path);
    for (const each of [page.url(), path]) {
      await page.goto(each);
      await page.click("[id^=actions-] [id^=cancel-]");
      await says(page, ".panel", /Cancel/);
    }
  });
});
