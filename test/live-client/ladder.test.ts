import { describe, expect, test } from "vitest";
import { isLive, says, useScene } from "./scene.ts";

const scene = useScene();

/** How many requests of `/live` there were of a sort. */
function count(sort: "stream" | "poll"): number {
  return scene.server.asked.filter((asked) => asked.startsWith(sort)).length;
}

describe("where the stream fails", () => {
  test("a stream that says nothing is replaced by polling, until the job has ended", async () => {
    const job = scene.server.add();
    scene.server.log(job.id, "one");
    scene.server.mood = "mute";
    const page = await scene.open(job.href);
    await page.waitForSelector("#live-mark:text-is('Polling')", { timeout: 5000 });

    scene.server.change(job.id, { percent: 61, percentText: "61 %" });
    scene.server.log(job.id, "two");
    await says(page, `#progress-${job.id} b`, "61 %");
    await says(page, ".lines", "two");
    scene.server.log(job.id, "three");
    await says(page, ".lines", "three");
    expect(await page.locator(".lines li > span").allTextContents()).toEqual([
      "one",
      "two",
      "three",
    ]);
    expect(scene.server.asked.at(-1)).toBe(`poll job:${job.id} after ${job.id}:2`);
    expect(count("stream")).toBe(1);
    expect(scene.server.streams()).toEqual([]);

    scene.server.pollAfter = 0;
    await page.waitForSelector("#live-mark", { state: "hidden" });
    const polls = count("poll");
    await page.waitForTimeout(2500);
    expect(count("poll")).toBe(polls);
  });

  test("what a tab has is not sent again, and a tab that comes gets it all", async () => {
    const job = scene.server.add();
    scene.server.mood = "mute";
    const page = await scene.open(job.href);
    await page.waitForSelector("#live-mark:text-is('Polling')", { timeout: 5000 });
    await expect.poll(() => scene.server.polls.filter((status) => status === 304).length).toBe(2);
    expect(scene.server.polls[0]).toBe(200);
    await says(page, "#live-mark", "Polling");

    scene.server.change(job.id, { percent: 61, percentText: "61 %" });
    await says(page, `#progress-${job.id} b`, "61 %");
    const answers = scene.server.polls.length;
    const other = await scene.open(job.href);
    await says(other, "#live-mark", "Polling");
    await expect.poll(() => scene.server.polls.slice(answers)).toContain(200);
  });

  test("the stream is tried again, and ends the polling", async () => {
    // In the page itself its clock can be put forward.
    await scene.context.addInitScript("delete self.SharedWorker");
    const job = scene.server.add();
    scene.server.mood = "mute";
    const page = await scene.context.newPage();
    await page.clock.install();
    await page.goto(job.href);
    await page.clock.fastForward(3500);
    await says(page, "#live-mark", "Polling");

    scene.server.mood = "well";
    await page.clock.fastForward(50_000);
    expect(count("stream")).toBe(1);
    await page.clock.fastForward(15_000);
    await says(page, "#live-mark", "Live");
    const polls = count("poll");
    await page.clock.fastForward(30_000);
    expect(count("poll")).toBe(polls);
    expect(scene.server.streams().length).toBe(1);
  });

  test("a connection that fell silent is replaced", async () => {
    await scene.context.addInitScript("delete self.SharedWorker");
    const job = scene.server.add();
    const page = await scene.context.newPage();
    await page.clock.install();
    await page.goto(job.href);
    await isLive(page);
    const [first] = scene.server.streams();
    await page.clock.fastForward(41_000);
    await expect.poll(() => first?.response.destroyed).toBe(true);
    await page.clock.fastForward(2000);
    await expect.poll(() => scene.server.streams().length).toBe(1);
    await says(page, "#live-mark", "Live");
  });

  test("with the database away the page is kept, marked as stale, and recovers", async () => {
    const job = scene.server.add();
    const page = await scene.open(job.href);
    await isLive(page);
    scene.server.mood = "down";
    scene.server.cut();
    await says(page, "#live-mark", /^No updates for \d+ s · Reconnecting$/);
    expect(await page.getAttribute("#live-mark", "data-state")).toBe("stale");
    expect(await page.textContent(`#progress-${job.id} b`)).toBe("42 %");

    scene.server.mood = "well";
    scene.server.change(job.id, { percent: 61, percentText: "61 %" });
    await isLive(page);
    await says(page, `#progress-${job.id} b`, "61 %");
  });

  test("a tab that runs the stream itself gives it back while hidden, and catches up", async () => {
    await scene.context.addInitScript(`
      delete self.SharedWorker;
      Object.defineProperty(document, "hidden", { get: () => self.isHidden ?? false });
    `);
    const job = scene.server.add();
    const page = await scene.context.newPage();
    await page.clock.install();
    await page.goto(job.href);
    await isLive(page);
    const turn = "document.dispatchEvent(new Event('visibilitychange'))";
    await page.evaluate(`self.isHidden = true; ${turn}`);
    await page.clock.fastForward(30_000);
    expect(scene.server.streams().length).toBe(1);
    await page.clock.fastForward(32_000);
    await expect.poll(() => scene.server.streams().length).toBe(0);

    scene.server.change(job.id, { percent: 61, percentText: "61 %" });
    await page.evaluate(`self.isHidden = false; ${turn}`);
    await page.clock.fastForward(1000);
    await says(page, `#progress-${job.id} b`, "61 %");
    await says(page, "#live-mark", "Live");
  });
});
