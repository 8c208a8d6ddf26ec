import { gzipSync } from "node:zlib";
import type { Browser } from "@playwright/test";
import { type Place, visit } from "./visit.ts";

/** Later than this nothing belongs to a first view. */
const settleMs = 3_000;

export interface Weight {
  /** Compressed as a server would at its best, bytes. */
  script: number;
  style: number;
  /** Paths, without the stream. */
  requests: string[];
  /** All answers with their heads, as they were sent. */
  sent: number;
}

export function weigh(browser: Browser, place: Place): Promise<Weight> {
  return visit(browser, place, async (page) => {
    const weight: Weight = { script: 0, style: 0, requests: [], sent: 0 };
    const sizes: Promise<void>[] = [];
    const assets: string[] = [];
    // Of the whole context: a shared worker asks for itself.
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
    // What a worker asked for is not always told to have ended.
    for (const url of assets) {
      const compressed = gzipSync(await (await page.request.get(url)).body(), { level: 9 }).length;
      weight[url.includes(".css") ? "style" : "script"] += compressed;
    }
    return weight;
  });
}
