/** A browser and a live server for the tests of one file. */
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { type LiveServer, startLiveServer } from "../support/live-server.ts";

/** A name that is not localhost: over plain http a page there is no secure context. */
export const host = "headway.test";

export interface Scene {
  server: LiveServer;
  context: BrowserContext;
  /** A new tab. @param path "/jobs/0198…" */
  open(path: string): Promise<Page>;
}

/** For each test of the file a server and a browser context of its own. */
export function useScene(options: { backForwardCache?: boolean } = {}): Scene {
  const scene = {} as Scene;
  /** What the pages complained about; a violated content security policy is among it. */
  const complaints: string[] = [];
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser({
      args: [`--host-resolver-rules=MAP ${host} 127.0.0.1`],
      ignoreDefaultArgs: options.backForwardCache ? ["--disable-back-forward-cache"] : [],
    });
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    complaints.length = 0;
    scene.server = await startLiveServer();
    scene.context = await browser.newContext({ baseURL: `http://${host}:${scene.server.port}` });
    scene.context.on("weberror", (error) => complaints.push(String(error.error())));
    scene.context.on("console", (message) => {
      const isNetwork = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isNetwork) complaints.push(message.text());
    });
    scene.open = async (path) => {
      const page = await scene.context.newPage();
      await page.goto(path);
      return page;
    };
  });

  afterEach(async () => {
    await scene.context.close();
    await scene.server.stop();
    expect(complaints).toEqual([]);
  });

  return scene;
}

/** Waits until the header says that the page is live. */
export async function isLive(page: Page): Promise<void> {
  await page.waitForSelector('#live-mark[data-state="live"]');
}

/** Waits until a part of the page says a text. */
export async function says(page: Page, selector: string, text: string | RegExp): Promise<void> {
  await expect
    .poll(() => page.textContent(selector, { timeout: 1000 }).catch(() => null), {
      timeout: 10_000,
    })
    .toMatch(text);
}
