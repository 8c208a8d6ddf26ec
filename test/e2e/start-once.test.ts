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
});
