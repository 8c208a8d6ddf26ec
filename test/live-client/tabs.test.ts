import { describe, expect, test } from "vitest";
import { isLive, says, useScene } from "./scene.ts";

const scene = useScene();

describe("many tabs of one browser", () => {
  test("share one stream over HTTP/1.1, also when the first is closed", async () => {
    const jobs = Array.from({ length: 10 }, () => scene.server.add());
    const pages = await Promise.all(jobs.map((job) => scene.open(job.href)));
    const tabs = jobs.map((job, place) => ({ job, page: pages[place]! }));
    await Promise.all(tabs.map(({ page }) => isLive(page)));
    await expect
      .poll(() => scene.server.streams().map(({ topics }) => topics.length))
      .toEqual([10]);

    async function allFollow(percentText: string): Promise<void> {
      for (const { job } of tabs) scene.server.change(job.id, { percent: 61, percentText });
      await Promise.all(
        tabs.map(({ job, page }) => says(page, `#progress-${job.id} b`, percentText)),
      );
    }

    await allFollow("61 %");
    await tabs.shift()?.page.close();
    await allFollow("62 %");
    await expect.poll(() => scene.server.streams().map(({ topics }) => topics.length)).toEqual([9]);
    await allFollow("63 %");
  });

  test("each get the current state when they come, and their own lines", async () => {
    const job = scene.server.add();
    scene.server.log(job.id, "one");
    const first = await scene.open(job.href);
    await isLive(first);
    scene.server.log(job.id, "two");
    const second = await scene.open(job.href);
    await isLive(second);
    scene.server.log(job.id, "three");
    for (const page of [first, second]) {
      await says(page, ".lines", "three");
      const lines = await page.locator(".lines li > span").allTextContents();
      expect(lines).toEqual(["one", "two", "three"]);
    }
    expect(scene.server.streams().length).toBe(1);
  });

  test("keep a connection that is due when the one before ends", async () => {
    const [ended, kept] = [scene.server.add(), scene.server.add()];
    const leaving = await scene.open(ended.href);
    const page = await scene.open(kept.href);
    await isLive(page);
    await expect.poll(() => scene.server.streams()[0]?.topics.length).toBe(2);
    await leaving.close();
    scene.server.send("bye", "ended");
    await expect
      .poll(() => scene.server.streams().map(({ topics }) => topics), { timeout: 10_000 })
      .toEqual([[`job:${kept.id}`]]);
  });

  test("go on when the one crashed in whose process the stream was read", async () => {
    const [lost, kept] = [scene.server.add(), scene.server.add()];
    const doomed = await scene.open(lost.href);
    const page = await scene.open(kept.href);
    await isLive(page);
    const watched = () => scene.server.streams().map(({ topics }) => topics);
    await expect.poll(watched).toEqual([[`job:${lost.id}`, `job:${kept.id}`]]);

    const crash = doomed.waitForEvent("crash");
    await Promise.allSettled([doomed.goto("chrome://crash"), crash]);
    await expect.poll(watched, { timeout: 20_000 }).toEqual([[`job:${kept.id}`]]);
    scene.server.change(kept.id, { percent: 61, percentText: "61 %" });
    await says(page, `#progress-${kept.id} b`, "61 %");
  });
});
