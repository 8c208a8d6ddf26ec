/** A browser for the tests of one file, and what they expect of its pages. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "@playwright/test";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launchBrowser } from "../browser.ts";

/** A name other than localhost: over plain http it is no secure context, as on a company's network. */
export const mappedHost = "headway.test";

export interface BrowserScene {
  /** A context with cookies of its own, which closes when the test ends. */
  newContext(options: BrowserContextOptions): Promise<BrowserContext>;
  /** Leaves the contexts that are open now open until the file ends. */
  keepContexts(): void;
}

/** Starts a browser for the file. A test fails if a page logs an error, such as a violated CSP. */
export function useBrowser(options: { backForwardCache?: boolean } = {}): BrowserScene {
  const contexts = new Set<BrowserContext>();
  const errors: string[] = [];
  let launching: Promise<Browser>;

  // Not awaited here: a server may start at the same time.
  beforeAll(() => {
    launching = launchBrowser({
      args: [`--host-resolver-rules=MAP ${mappedHost} 127.0.0.1`],
      ignoreDefaultArgs: options.backForwardCache ? ["--disable-back-forward-cache"] : [],
    });
    launching.catch(() => {});
  });
  afterAll(async () => (await launching).close());

  afterEach(async () => {
    for (const context of contexts) await context.close();
    contexts.clear();
    expect(errors.splice(0)).toEqual([]);
  });

  async function newContext(contextOptions: BrowserContextOptions): Promise<BrowserContext> {
    const context = await (await launching).newContext(contextOptions);
    contexts.add(context);
    context.on("weberror", (error) => errors.push(String(error.error())));
    context.on("console", (message) => {
      // Some tests cut the network, and some request what does not exist.
      const isNetwork = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isNetwork) errors.push(message.text());
    });
    return context;
  }

  return { newContext, keepContexts: () => contexts.clear() };
}

/** Waits until an element has a text, however it is spaced. */
export async function expectText(
  page: Page,
  selector: string,
  text: string | RegExp,
  timeout = 15_000,
): Promise<void> {
  await expect
    .poll(
      async () => {
        // The page may be between two documents.
        const found = await page.$(selector).catch(() => null);
        const content = await found?.textContent().catch(() => null);
        return content?.replace(/\s+/g, " ").trim() ?? "no element";
      },
      { timeout },
    )
    .toMatch(text);
}

/** Waits until the header says that the page receives updates live. */
export async function waitUntilLive(page: Page): Promise<void> {
  await page.waitForSelector('#live-indicator[data-state="live"]');
}
