import { afterAll, describe, expect, test } from "vitest";
import { ownPostgres } from "../faults/own-postgres.ts";
import { isLive, patiently, says, startJob, useApplication } from "./scene.ts";

const postgres = await ownPostgres();
const { url, remove } = await postgres.create();
const scene = useApplication({ environment: { DATABASE_URL: url } });
afterAll(remove);

describe("Postgres goes away for a while", () => {
  test("an open page keeps what it showed and says so, a new one says why, and both come back", {
    timeout: 120_000,
  }, async () => {
    const page = await scene.open("/jobs");
    const path = await startJob(page, "steady", { ticks: 400, pace: 25 });
    await isLive(page);
    const amount = () => page.textContent('.panel [id^="progress-"] p');
    await expect.poll(amount, patiently).toMatch(/ of 400 /);

    await postgres.stop("fast");
    await says(page, "#live-mark", /^No updates for \d+ s · Reconnecting$/);
    expect(await amount()).toMatch(/ of 400 /);
    const visitor = await page.context().newPage();
    const answer = await visitor.goto(path);
    expect(answer!.status()).toBe(503);
    await says(visitor, "h1", "The database does not answer");
    await says(visitor, "main", "This page asks again every few seconds");
    expect(await amount()).toMatch(/ of 400 /);

    await postgres.start();
    await isLive(page);
    // Nobody touched it.
    await says(visitor, "h1", "Steady", 30_000);
    await isLive(visitor);
    for (const each of [page, visitor]) await says(each, ".outcome", "Ticked 400 times", 60_000);
  });
});
