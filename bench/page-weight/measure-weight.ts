import { gzipSync } from "node:zlib";
import type { Browser } from "@playwright/test";
import { type Place, visit } from "./visit.ts";

/** The time after which a request does not belong to the first view, ms. */
const settleMs = 3_000;

export interface Weight {
  /** The size with gzip at its best level, bytes. */
  script: number;
  style: number;
  /** The paths of all requests except the stream. */
  requests: string[];
  /** The size of all responses with their heads, as sent, bytes. */
  sent: number;
}

export function measureWeight(browser: Browser, place: Place): Promise<Weight> {
  return visit(browser, place, async (page) => {
    const weight: Weight = { script: 0, style: 0, requests: [], sent: 0 };
    const sizes: Promise<void>[] = [];
    const assets: string[] = [];
    // On the context, because a shared worker sends requests of its own.
    page.context().on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname === "/live" || request.url().startsWith("data:")) return;
      weight.requests.push(pathname);
      if (/\.(js|css)$/.test(pathname)) assets.push(request.url());
    });
    page.context().on("requestfinished", (request) => {
      const add = async () => {
        const size = await request.sizes();
        weight.sent += size.responseHeadersSize + size.responseBodySize;
      };
      if (!request.url().startsWith("data:")) sizes.push(add());
    });
    await page.goto(place.url);
    await page.waitForTimeout(settleMs);
    await Promise.all(sizes);
    // Playwright does not report the end of every request of a worker.
    for (const url of assets) {
      const compressed = gzipSync(await (await page.request.get(url)).body(), { level: 9 }).length;
      weight[url.includes(".css") ? "style" : "script"] += compressed;
    }
    return weight;
  });
}
