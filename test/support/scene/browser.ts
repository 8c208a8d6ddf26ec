/** Starts a browser for the tests of one file, and waits for the contents of its pages. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "@playwright/test";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launchBrowser } from "../browser.ts";

/** A host that over plain http is no secure context, unlike localhost: as on a company's network. */
export const mappedHost = "headway.test";

const closingLimitMs = 60_000;

export interface BrowserScene {
  /** Opens a context with cookies of its own, which is closed when the test ends. */
  newContext(options: BrowserContextOptions): Promise<BrowserContext>;
  /** Keeps the currently open contexts open until the file ends. */
  keepContexts(): void;
}

/** Starts a browser for the file. A test fails if a page logs an error, such as a violated CSP. */
export function useBrowser(options: { backForwardCache?: boolean } = {}): BrowserScene {
  const contexts = new Set<BrowserContext>();
  const errors: string[] = [];
  let launching: Promise<Browser>;

  // Not awaited, so that a server can start at the same time.
  beforeAll(() => {
    launching = launchBrowser({
      args: [`--host-resolver-rules=MAP ${mappedHost} 127.0.0.1`],
      ignoreDefaultArgs: options.backForwardCache ? ["--disable-back-forward-cache"] : [],
      isWhole: options.backForwardCache ?? false,
    });
    launching.catch(() => {});
  });
  afterAll(async () => withinLimit((await launching).close()));

  afterEach(async () => {
    for (const context of contexts) await withinLimit(context.close());
    contexts.clear();
    expect(errors.splice(0)).toEqual([]);
  });

  async function newContext(contextOptions: BrowserContextOptions): Promise<BrowserContext> {
    // Animations would take a third of a core from the processes under test.
    const options = { reducedMotion: "reduce" as const, ...contextOptions };
    const context = await (await launching).newContext(options);
    contexts.add(context);
    context.on("weberror", (error) => errors.push(String(error.error())));
    context.on("console", (message) => {
      // Some tests disconnect the network, and some request missing pages.
      const isNetwork = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isNetwork) errors.push(message.text());
    });
    return context;
  }

  return { newContext, keepContexts: () => contexts.clear() };
}

/** A busy browser now and then never answers that it has closed; its process ends with the file. */
async function withinLimit(closing: Promise<void>): Promise<void> {
  await Promise.race([closing, sleep(closingLimitMs, undefined, { ref: false })]);
}

/** Waits until an element has a text. Ignores white space. */
export async function expectText(
  page: Page,
  selector: string,
  text: string | RegExp,
  timeout = 60_000,
): Promise<void> {
  await expect
    .poll(
      async () => {
        // The page may be navigating.
        const found = await page.$(selector).catch(() => null);
        const content = await found?.textContent().catch(() => null);
        return content?.replace(/\s+/g, " ").trim() ?? "no element";
      },
      { timeout },
    )
    .toMatch(text);
}

/** Waits until the header shows that the page receives live updates. */
export async function waitUntilLive(page: Page): Promise<void> {
  await page.waitForSelector('#live-indicator[data-state="live"]');
}
