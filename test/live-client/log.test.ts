import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";
import { useLiveServer } from "../support/scene/live-server.ts";

const scene = useLiveServer();

const messages = (count: number, from = 1) =>
  Array.from({ length: count }, (_, n) => `line ${from + n}`);

function isAtEnd(page: Page): Promise<boolean> {
  return page.locator("#log .log-lines").evaluate((log) => {
    return log.scrollTop + log.clientHeight > log.scrollHeight - 8;
  });
}

/** Waits until a smooth scroll by the keyboard is over. */
async function waitForScroll(page: Page): Promise<void> {
  const top = () => page.locator("#log .log-lines").evaluate((log) => log.scrollTop);
  for (let before = -1, now = await top(); now !== before; now = await top()) {
    before = now;
    await page.waitForTimeout(200);
  }
}

function isFollowing(page: Page): Promise<string | null> {
  return page.getAttribute("#log-follow", "aria-pressed");
}

describe("the log on a job's page", () => {
  test("the log follows its end until the person scrolls up, and again by its button or at its end", async () => {
    const job = scene.server.addJob();
    scene.server.appendLog(job.id, ...messages(200));
    const page = await scene.openPage(job.href);
    await waitUntilLive(page);
    expect([await isAtEnd(page), await isFollowing(page)]).toEqual([true, "true"]);

    await page.focus("#log .log-lines");
    await page.keyboard.press("PageUp");
    await expect.poll(() => isFollowing(page)).toBe("false");
    await waitForScroll(page);
    scene.server.appendLog(job.id, "behind");
    await expectText(page, "#log .log-lines", "behind");
    expect(await isAtEnd(page)).toBe(false);

    await page.focus("#log-follow");
    await page.keyboard.press("Enter");
    expect([await isAtEnd(page), await isFollowing(page)]).toEqual([true, "true"]);
    await page.keyboard.press("Enter");
    scene.server.appendLog(job.id, ...messages(5, 500));
    await expectText(page, "#log .log-lines", "line 504");
    expect([await isAtEnd(page), await isFollowing(page)]).toEqual([false, "false"]);
    await page.focus("#log .log-lines");
    await page.keyboard.press("End");
    await expect.poll(() => isFollowing(page)).toBe("true");
  });

  test("the log keeps 2,000 lines and links to the earlier ones", async () => {
    const job = scene.server.addJob();
    const page = await scene.openPage(job.href);
    await waitUntilLive(page);
    expect(await page.isVisible("#log-earlier")).toBe(false);
    for (let n = 0; n < 3; n++) {
      scene.server.appendLog(job.id, ...messages(900, 1 + n * 900));
      await expectText(page, "#log .log-lines", `line ${(n + 1) * 900}`);
    }
    expect(await page.locator("#log .log-lines li").count()).toBe(2000);
    expect(await page.getAttribute("#log-earlier", "href")).toContain(`${job.href}?before=701`);
    expect(await page.isVisible("#log-earlier")).toBe(true);
  });

  test("the log links to lines that were skipped", async () => {
    const job = scene.server.addJob();
    scene.server.appendLog(job.id, "one", "two");
    const page = await scene.openPage(job.href);
    await waitUntilLive(page);
    const next = `<li class="info" id="log-${job.id}-1206"><span>later</span></li>`;
    const list = `<ol id="log-${job.id}" hx-swap-oob="beforeend">${next}</ol>`;
    scene.server.send("lines", `${job.id} 1206 ${list}`);
    await expectText(page, "#log .log-lines", "later");
    const gap = page.locator("#log .log-lines .note a");
    expect(await gap.textContent()).toBe("Show 1,203 skipped lines");
    expect(await gap.getAttribute("href")).toBe(`${job.href}?after=2#log`);
  });

  test("a log that was just loaded skips no lines that arrived meanwhile", async () => {
    const job = scene.server.addJob();
    scene.server.appendLog(job.id, "one", "two");
    const page = await scene.openPage(job.href);
    await waitUntilLive(page);
    await page.route(`**${job.href}`, async (route) => {
      // Only the browser knows the host of this address.
      const url = new URL(route.request().url());
      const headers = { ...route.request().headers(), host: url.host };
      url.hostname = "127.0.0.1";
      const response = await route.fetch({ url: url.href, headers });
      scene.server.appendLog(job.id, ...messages(6, 3));
      await expect.poll(() => page.getAttribute("#log .log-lines", "data-last-line")).toBe("8");
      await route.fulfill({ response });
    });
    // Sent before the server knows what the new log lacks.
    const next = `<li class="info" id="log-${job.id}-8"><span>line 8</span></li>`;
    const list = `<ol id="log-${job.id}" hx-swap-oob="beforeend">${next}</ol>`;
    await page.exposeFunction("sendLastLine", () =>
      scene.server.send("lines", `${job.id} 8 ${list}`),
    );
    await page.evaluate(`
      document.querySelector("#log .log-lines").classList.add("before");
      document.addEventListener("htmx:load", ({ target }) => target.id === "log" && sendLastLine());
    `);
    await page.click("#log-level-all");
    await page.waitForSelector("#log .log-lines:not(.before)");
    await expect.poll(() => page.locator("#log .log-lines li > span").count()).toBe(8);
  });

  test("a link to a line shows that line while new lines arrive", async () => {
    const job = scene.server.addJob();
    scene.server.appendLog(job.id, ...messages(300));
    const page = await scene.openPage(`${job.href}#log-${job.id}-40`);
    await waitUntilLive(page);
    scene.server.appendLog(job.id, "more");
    await expectText(page, "#log .log-lines", "more");
    expect([await isAtEnd(page), await isFollowing(page)]).toEqual([false, "false"]);
    const line = page.locator(`#log-${job.id}-40`);
    await expect.poll(() => line.evaluate((each) => each.matches(":target"))).toBe(true);
    const view = await page.locator("#log .log-lines").boundingBox();
    const place = await line.boundingBox();
    expect(place!.y).toBeGreaterThanOrEqual(view!.y);
    expect(place!.y + place!.height).toBeLessThanOrEqual(view!.y + view!.height + 1);
  });
});
