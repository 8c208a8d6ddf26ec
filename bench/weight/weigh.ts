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
    const bodies: Promise<unknown>[] = [];
    // Of the whole context: a shared worker asks for itself.
    page.context().on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname === "/live" || request.url().startsWith("data:")) return;
      weight.requests.push(pathname);
    });
    page.context().on("requestfinished", (request) => {
      const read = async () => {
        const response = (await request.response())!;
        const size = await request.sizes();
        weight.sent += size.responseHeadersSize + size.responseBodySize;
        const type = response.headers()["content-type"] ?? "";
        const compressed = gzipSync(await response.body(), { level: 9 }).length;
        if (type.includes("javascript")) weight.script += compressed;
        if (type.includes("css")) weight.style += compressed;
      };
      if (!request.url().startsWith("data:")) bodies.push(read());
    });
    await page.goto(place.url);
    await page.waitForTimeout(settleMs);
    await Promise.all(bodies);
    return weight;
  });
}
