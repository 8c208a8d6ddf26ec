import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { isAlive, signalTo } from "../support/processes.ts";
import { startJob, useApplication } from "../support/scene/application.ts";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";

const scene = useApplication();

/** The process id of the running worker, from the log of its start. */
function workerPid(): number {
  const ready = [
    ...scene.app.output().matchAll(/"role":"worker","pid":(\d+),"msg":"worker ready"/g),
  ];
  return Number(ready.at(-1)![1]);
}

/** "37 of 2,000 ticks" */
async function readAmount(page: Page): Promise<string | undefined> {
  return (await page.textContent('.job-panel [id^="progress-"] p'))?.match(
    /^[\d,]+ of [\d,]+ \w+/,
  )?.[0];
}

const clickAction = (page: Page, name: string): Promise<void> =>
  page.click(`.actions button:has-text('${name}')`);

describe("recovery", () => {
  test("a job writes every row once although its page is closed and its worker is killed twice", async () => {
    const page = await scene.openPage("/jobs");
    const path = await startJob(page, "copy_rows", { rows: 1_500, size: 10, pause: 25 });
    await waitUntilLive(page);
    await page.context().close();
    for (let time = 0; time < 2; time++) {
      const killed = workerPid();
      signalTo(killed, "SIGKILL");
      await expect.poll(workerPid).not.toBe(killed);
      await sleep(1_000);
    }
    const back = await scene.openPage(path);
    await expectText(back, ".outcome", "Copied 1500 rows", 40_000);
    const counts = await back.locator(".job-panel .item-counts div").allTextContents();
    expect(counts.map((text) => text.replace(/\s/g, ""))).toEqual(["done1,500"]);
    // An export reads all rows, and counts them independently.
    await startJob(back, "contact_export", { prefix: "row-" });
    await expectText(back, ".outcome", "Exported 1,500 contacts");
  });

  test("a job can be paused, resumed, cancelled and restarted by its buttons", async () => {
    const page = await scene.openPage("/jobs");
    const path = await startJob(page, "ticking", { ticks: 2_000, pace: 40 });
    await waitUntilLive(page);
    await clickAction(page, "Pause");
    await expectText(page, ".job-panel .status-badge", "Paused");
    const paused = await readAmount(page);
    await page.goto("/contacts");
    await sleep(500);
    await page.goto(path);
    expect(await readAmount(page)).toBe(paused);
    await expectText(page, ".job-panel", "Resume to continue where it stopped");

    await clickAction(page, "Resume");
    await expectText(page, ".job-panel .status-badge", "Running");
    await expect.poll(() => readAmount(page)).not.toBe(paused);
    await clickAction(page, "Cancel");
    await expectText(page, ".job-panel .status-badge", "Cancelled");
    await expectText(page, ".outcome", "Finished work was kept");

    await clickAction(page, "Restart");
    await page.waitForURL(
      (url) => url.pathname !== path && /^\/jobs\/[0-9a-f-]{36}$/.test(url.pathname),
    );
    await expectText(page, "aside", "Retry of the job of");
    await expectText(page, "aside", "2000");
    await clickAction(page, "Cancel");
    await expectText(page, ".job-panel .status-badge", "Cancelled");
  });

  test("an open page reports that the web process is gone and recovers when it restarts", async () => {
    const page = await scene.openPage("/jobs");
    const path = await startJob(page, "ticking", { ticks: 250, pace: 25 });
    await waitUntilLive(page);
    await expect.poll(() => readAmount(page)).toMatch(/ of 250 ticks/);
    const { app } = scene;
    const worker = workerPid();
    app.kill("SIGKILL");
    await app.exited;
    await expectText(page, "#live-indicator", /^No updates for \d+ s · Reconnecting$/);
    expect(await readAmount(page)).toMatch(/ of 250 ticks/);
    await expect.poll(() => isAlive(worker)).toBe(false);

    await scene.restart();
    await waitUntilLive(page);
    await expectText(page, ".outcome", "Ticked 250 times", 40_000);
    const lines = await page.locator(".log-lines li > span").allTextContents();
    // A lost run logs again what followed its last checkpoint, and nothing is missing.
    const every = Array.from({ length: 25 }, (_, at) => `Passed ${(at + 1) * 10}`);
    expect([...new Set(lines)]).toEqual(every);
    expect(new URL(page.url()).pathname).toBe(path);
  });

  test("a job exists once or not at all when the web process is killed while it starts", async () => {
    const page = await scene.openPage("/jobs");
    const context = page.context();
    for (const [round, delay] of [1, 8].entries()) {
      // No other job has this number.
      const ticks = 90_000 + round;
      await page.goto(`/jobs/new/ticking?ticks=${ticks}&pace=1000`);
      const form = Object.fromEntries(
        await page.$$eval("#job-form [name]", (fields) =>
          fields.map((field) => {
            const { name, value } = field as unknown as { name: string; value: string };
            return [name, value] as const;
          }),
        ),
      );
      const answer = context.request.post("/jobs", { form, maxRedirects: 0 }).catch(() => null);
      await sleep(delay);
      const { app } = scene;
      app.kill("SIGKILL");
      await app.exited;
      await answer;
      await scene.restart();
      expect(await countJobs(page, ticks)).toBeLessThanOrEqual(1);

      const again = await context.request.post("/jobs", { form, maxRedirects: 0 });
      expect(again.status()).toBe(303);
      expect(await countJobs(page, ticks)).toBe(1);
    }
  });

  /** Counts the jobs that were started with this number of ticks. */
  async function countJobs(page: Page, ticks: number): Promise<number> {
    await page.goto("/jobs?type=ticking");
    const answer = await page.evaluate<string>(
      `fetch("/api/jobs?type=ticking&limit=100").then((answer) => answer.text())`,
    );
    return answer.split(`"ticks":${ticks}`).length - 1;
  }
});
