import { afterAll, describe, expect, test } from "vitest";
import { createRestartablePostgres } from "../support/restartable-postgres.ts";
import { startJob, useApplication } from "../support/scene/application.ts";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";

const postgres = await createRestartablePostgres();
const { url, remove } = await postgres.create();
const scene = useApplication({ environment: { DATABASE_URL: url } });
afterAll(remove);

describe("an outage of Postgres", () => {
  test("an open page keeps its content, a new page explains the outage, and both recover", {
    timeout: 120_000,
  }, async () => {
    const page = await scene.openPage("/jobs");
    const path = await startJob(page, "ticking", { ticks: 400, pace: 25 });
    await waitUntilLive(page);
    const amount = () => page.textContent('.job-panel [id^="progress-"] p');
    await expect.poll(amount).toMatch(/ of 400 /);

    await postgres.stop("fast");
    await expectText(page, "#live-indicator", /^No updates for \d+ s · Reconnecting$/);
    expect(await amount()).toMatch(/ of 400 /);
    const visitor = await page.context().newPage();
    const answer = await visitor.goto(path);
    expect(answer!.status()).toBe(503);
    await expectText(visitor, "h1", "The database is unavailable");
    await expectText(visitor, "main", "This page reloads by itself.");
    expect(await amount()).toMatch(/ of 400 /);

    await postgres.start();
    await waitUntilLive(page);
    // The error page reloads by itself.
    await expectText(visitor, "h1", "Ticking", 30_000);
    await waitUntilLive(visitor);
    for (const each of [page, visitor])
      await expectText(each, ".outcome", "Ticked 400 times", 60_000);
  });
});
