import { describe, expect, test } from "vitest";
import { isLive, says, useScene } from "./scene.ts";

const scene = useScene({ backForwardCache: true });

describe("going back and forward", () => {
  // Left early, a page may be about to open its stream, or about to be answered.
  test.each([0, 60, 90])(
    "nine pages in one tab leave one stream, each left after %d ms",
    async (stay) => {
      const jobs = Array.from({ length: 9 }, () => scene.server.add());
      const page = await scene.context.newPage();
      for (const job of jobs) {
        await page.goto(job.href, { timeout: 5000 });
        await page.waitForTimeout(stay);
      }
      await isLive(page);
      const last = jobs.at(-1)!;
      const watched = () => scene.server.streams().map(({ topics }) => topics);
      await expect.poll(watched).toEqual([[`job:${last.id}`]]);
    },
  );

  test.each(["with", "without"])(
    "back to a page goes on with it, %s a shared worker",
    async (how) => {
      if (how === "without") await scene.context.addInitScript("delete self.SharedWorker");
      const job = scene.server.add();
      scene.server.log(job.id, "one");
      const page = await scene.open(job.href);
      await isLive(page);
      await page.evaluate("self.isTheSame = true");
      await page.goto("/elsewhere");
      await expect.poll(() => scene.server.streams().length).toBe(0);
      scene.server.change(job.id, { percent: 61, percentText: "61 %" });
      scene.server.log(job.id, "two");

      await page.goBack({ waitUntil: "commit" });
      await says(page, `#progress-${job.id} b`, "61 %");
      await says(page, ".lines", "two");
      scene.server.change(job.id, { percent: 62, percentText: "62 %" });
      await says(page, `#progress-${job.id} b`, "62 %");
      expect(await page.locator(".lines li > span").allTextContents()).toEqual(["one", "two"]);
      expect(scene.server.streams().length).toBe(1);
      // The page was kept as it was, and not loaded anew.
      expect(await page.evaluate("self.isTheSame")).toBe(true);
    },
  );
});
