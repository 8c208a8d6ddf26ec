import type { Browser, Page } from "@playwright/test";
import { cookiesFor } from "../support/cookies.ts";

export interface Place {
  url: string;
  cookie: string;
}

/** Runs `work` on a page with an empty cache. */
export async function visit<T>(
  browser: Browser,
  { url, cookie }: Place,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  // The viewport of a phone.
  const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
  try {
    if (cookie) await context.addCookies(cookiesFor(url, cookie));
    return await work(await context.newPage());
  } finally {
    await context.close();
  }
}
