import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { isAlive, signalTo } from "../support/processes.ts";
import { isLive, patiently, says, startJob, useApplication } from "./scene.ts";

const scene = useApplication();

/** The worker that runs now, by what it said at its start. */
function workerPid(): number {
  const ready = [
    ...scene.app.output().matchAll(/"role":"worker","pid":(\d+),"msg":"worker ready"/g),
  ];
  return Number(ready.at(-1)![1]);
}

/** "37 of 2,000 ticks" */
async function amountOn(page: Page): Promise<string | undefined> {
  return (await page.textContent('.panel [id^="progress-"] p'))?.match(
    /^[\d,]+ of [\d,]+ \w+/,
  )?.[0];
}

const act = (page: Page, name: string): Promise<void> =>
  page.click(`.actions button:has-text('${name}')`);

describe("leaving and coming back", () => {
  test("the page is closed, the worker killed twice: every row is there once", async () => {
    const page = await scene.open("/jobs");
    const path = await startJob(page, "copy_rows", { rows: 1_500, size: 10, pause: 25 });
    await isLive(page);
    await page.context().close();
    for (let time = 0; time < 2; time++) {
      const killed = workerPid();
      signalTo(killed, "SIGKILL");
      await expect.poll(workerPid, patiently).not.toBe(killed);
      await sleep(1_000);
    }
    const back = await scene.open(path);
    await says(back, ".outcome", "Copied 1500 rows", 40_000);
    const counts = await back.locator(".panel .counts div").allTextContents();
    expect(counts.map((text) => text.replace(/\s/g, ""))).toEqual(["done1,500"]);
    // Counted once more by somebody else: an export reads them all.
    await startJob(back, "contact_export", { prefix: "row-" });
    await says(back, ".outcome", "Exported 1,500 contacts");
  });

  test("pausing, resuming, cancelling and starting again, each by its button", async () => {
    const page = await scene.open("/jobs");
    const path = await startJob(page, "steady", { ticks: 2_000, pace: 40 });
    await isLive(page);
    await act(page, "Pause");
    await says(page, ".panel .mark", "Paused");
    const paused = await amountOn(page);
    await page.goto("/contacts");
    await sleep(500);
    await page.goto(path);
    expect(await amountOn(page)).toBe(paused);
    await says(page, ".panel", "Nothing is lost");

    await act(page, "Resume");
    await says(page, ".panel .mark", "Running");
    await expect.poll(() => amountOn(page), patiently).not.toBe(paused);
    await act(page, "Cancel");
    await says(page, ".panel .mark", "Cancelled");
    await says(page, ".outcome", "what was done before is kept");

    await act(page, "Restart");
    await page.waitForURL(
      (url) => url.pathname !== path && /^\/jobs\/[0-9a-f-]{36}$/.test(url.pathname),
    );
    await says(page, "aside", "Repeats the one of");
    await says(page, "aside", "2000");
    await act(page, "Cancel");
    await says(page, ".panel .mark", "Cancelled");
  });

  test("the web is killed while a page is open: the page says so, and goes on", async () => {
    const page = await scene.open("/jobs");
    const path = await startJob(page, "steady", { ticks: 250, pace: 25 });
    await isLive(page);
    await expect.poll(() => amountOn(page), patiently).toMatch(/ of 250 ticks/);
    const { app } = scene;
    const worker = workerPid();
    app.kill("SIGKILL");
    await app.gone;
    await says(page, "#live-mark", /^No updates for \d+ s · Reconnecting$/);
    expect(await amountOn(page)).toMatch(/ of 250 ticks/);
    await expect.poll(() => isAlive(worker), patiently).toBe(false);

    await scene.startAgain();
    await isLive(page);
    await says(page, ".outcome", "Ticked 250 times", 40_000);
    const lines = await page.locator(".lines li > span").allTextContents();
    // What a lost run had said behind its last checkpoint is said again, and nothing is missing.
    const every = Array.from({ length: 25 }, (_, at) => `Passed ${(at + 1) * 10}`);
    expect([...new Set(lines)]).toEqual(every);
    expect(new URL(page.url()).pathname).toBe(path);
  });

  test("the web is killed while a job is being started: it is there once or not at all", async () => {
    const page = await scene.open("/jobs");
    const context = page.context();
    for (const [round, delay] of [1, 8].entries()) {
      // A number that no other job has.
      const ticks = 90_000 + round;
      await page.goto(`/jobs/new/steady?ticks=${ticks}&pace=1000`);
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
      await app.gone;
      await answer;
      await scene.startAgain();
      expect(await jobsWith(page, ticks)).toBeLessThanOrEqual(1);

      const again = await context.request.post("/jobs", { form, maxRedirects: 0 });
      expect(again.status()).toBe(303);
      expect(await jobsWith(page, ticks)).toBe(1);
    }
  });

  /** How many jobs were started with that number. */
  async function jobsWith(page: Page, ticks: number): Promise<number> {
    await page.goto("/jobs?type=steady");
    const answer = await page.evaluate<string>(
      `fetch("/api/jobs?type=steady&limit=100").then((answer) => answer.text())`,
    );
    return answer.split(`"ticks":${ticks}`).length - 1;
  }
});
