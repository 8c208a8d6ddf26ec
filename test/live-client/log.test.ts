import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { isLive, says, useScene } from "./scene.ts";

const scene = useScene();

const some = (count: number, from = 1) =>
  Array.from({ length: count }, (_, n) => `line ${from + n}`);

/** Whether the end of the log is in view. */
function atEnd(page: Page): Promise<boolean> {
  return page.locator("#log .lines").evaluate((log) => {
    return log.scrollTop + log.clientHeight > log.scrollHeight - 8;
  });
}

/** Waits until a scroll by the keyboard, which takes its time, is over. */
async function stands(page: Page): Promise<void> {
  const top = () => page.locator("#log .lines").evaluate((log) => log.scrollTop);
  for (let before = -1, now = await top(); now !== before; now = await top()) {
    before = now;
    await page.waitForTimeout(200);
  }
}

function follows(page: Page): Promise<string | null> {
  return page.getAttribute("#log-follow", "aria-pressed");
}

describe("the log on a job's page", () => {
  test("follows its end until the person looks further up, and again by a button or at the end", async () => {
    const job = scene.server.add();
    scene.server.log(job.id, ...some(200));
    const page = await scene.open(job.href);
    await isLive(page);
    expect([await atEnd(page), await follows(page)]).toEqual([true, "true"]);

    await page.focus("#log .lines");
    await page.keyboard.press("PageUp");
    await expect.poll(() => follows(page)).toBe("false");
    await stands(page);
    scene.server.log(job.id, "behind");
    await says(page, "#log .lines", "behind");
    expect(await atEnd(page)).toBe(false);

    await page.focus("#log-follow");
    await page.keyboard.press("Enter");
    expect([await atEnd(page), await follows(page)]).toEqual([true, "true"]);
    await page.keyboard.press("Enter");
    scene.server.log(job.id, ...some(5, 500));
    await says(page, "#log .lines", "line 504");
    expect([await atEnd(page), await follows(page)]).toEqual([false, "false"]);
    await page.focus("#log .lines");
    await page.keyboard.press("End");
    await expect.poll(() => follows(page)).toBe("true");
  });

  test("holds so many lines, and says where those before are", async () => {
    const job = scene.server.add();
    const page = await scene.open(job.href);
    await isLive(page);
    expect(await page.isVisible("#log-earlier")).toBe(false);
    for (let n = 0; n < 3; n++) {
      scene.server.log(job.id, ...some(900, 1 + n * 900));
      await says(page, "#log .lines", `line ${(n + 1) * 900}`);
    }
    expect(await page.locator("#log .lines li").count()).toBe(2000);
    expect(await page.getAttribute("#log-earlier", "href")).toContain(`${job.href}?before=701`);
    expect(await page.isVisible("#log-earlier")).toBe(true);
  });

  test("says where lines are missing that came faster than they are sent", async () => {
    const job = scene.server.add();
    scene.server.log(job.id, "one", "two");
    const page = await scene.open(job.href);
    await isLive(page);
    const next = `<li class="info" id="log-${job.id}-1206"><span>later</span></li>`;
    const list = `<ol id="log-${job.id}" hx-swap-oob="beforeend">${next}</ol>`;
    scene.server.send("lines", `${job.id} 1206 ${list}`);
    await says(page, "#log .lines", "later");
    const gap = page.locator("#log .lines .note a");
    expect(await gap.textContent()).toBe("Show 1,203 skipped lines");
    expect(await gap.getAttribute("href")).toBe(`${job.href}?after=2#log`);
  });

  test("a link to a line shows that line, wherever the end is", async () => {
    const job = scene.server.add();
    scene.server.log(job.id, ...some(300));
    const page = await scene.open(`${job.href}#log-${job.id}-40`);
    await isLive(page);
    scene.server.log(job.id, "more");
    await says(page, "#log .lines", "more");
    expect([await atEnd(page), await follows(page)]).toEqual([false, "false"]);
    const line = page.locator(`#log-${job.id}-40`);
    await expect.poll(() => line.evaluate((each) => each.matches(":target"))).toBe(true);
    const view = await page.locator("#log .lines").boundingBox();
    const place = await line.boundingBox();
    expect(place!.y).toBeGreaterThanOrEqual(view!.y);
    expect(place!.y + place!.height).toBeLessThanOrEqual(view!.y + view!.height + 1);
  });
});
