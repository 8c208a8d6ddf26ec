import { describe, expect, test } from "vitest";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";
import { useLiveServer } from "../support/scene/live-server.ts";

const scene = useLiveServer({ backForwardCache: true });

describe("the back/forward cache", () => {
  // A page that is left early may be opening its stream, or waiting for the answer.
  test.each([0, 60, 90])(
    "nine pages visited in one tab for %d ms each leave one stream open",
    async (stay) => {
      const jobs = Array.from({ length: 9 }, () => scene.server.addJob());
      const page = await scene.context.newPage();
      for (const job of jobs) {
        await page.goto(job.href, { timeout: 5000 });
        await page.waitForTimeout(stay);
      }
      await waitUntilLive(page);
      const last = jobs.at(-1)!;
      const watched = () => scene.server.streams().map(({ topics }) => topics);
      await expect.poll(watched).toEqual([[`job:${last.id}`]]);
    },
  );

  test.each(["with", "without"])(
    "a restored page catches up and stays live %s a shared worker",
    async (how) => {
      if (how === "without") await scene.context.addInitScript("delete self.SharedWorker");
      const job = scene.server.addJob();
      scene.server.appendLog(job.id, "one");
      const page = await scene.openPage(job.href);
      await waitUntilLive(page);
      await page.evaluate("self.isTheSame = true");
      await page.goto("/elsewhere");
      await expect.poll(() => scene.server.streams().length).toBe(0);
      scene.server.updateJob(job.id, { percent: 61, percentText: "61 %" });
      scene.server.appendLog(job.id, "two");

      await page.goBack({ waitUntil: "commit" });
      await expectText(page, `#progress-${job.id} b`, "61 %");
      await expectText(page, ".log-lines", "two");
      scene.server.updateJob(job.id, { percent: 62, percentText: "62 %" });
      await expectText(page, `#progress-${job.id} b`, "62 %");
      expect(await page.locator(".log-lines li > span").allTextContents()).toEqual(["one", "two"]);
      expect(scene.server.streams().length).toBe(1);
      // The page came from the cache and was not loaded again.
      expect(await page.evaluate("self.isTheSame")).toBe(true);
    },
  );
});
