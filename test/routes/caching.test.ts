import { afterEach, beforeEach, expect, test } from "vitest";
import { buildAssets } from "../../server/assets/build.ts";
import { assetHref } from "../../server/assets/href.ts";
import { backends } from "../support/backends.ts";
import { openSite, type Site } from "../support/site.ts";

let site: Site;
beforeEach(async () => {
  site = await openSite(backends[0]!);
});
afterEach(() => site.close());

const cacheControl = async (path: string) => {
  const answer = await site.app.request(path);
  expect(answer.status).toBe(200);
  return answer.headers.get("cache-control");
};

test("a script is cached forever under its own version and not under another", async () => {
  await buildAssets({ minify: false });
  const [css, js] = [assetHref("app.css"), assetHref("app.js")];
  const worker = js.replace("app.js", "live-worker.js");
  const dashboard = assetHref("dashboard.js");
  for (const path of [css, js, worker, dashboard])
    expect(await cacheControl(path)).toContain("immutable");
  for (const path of [css, js, worker, dashboard]) {
    expect(await cacheControl(path.replace(/v=.*/, "v=00000000"))).toBe("no-cache");
    expect(await cacheControl(path.replace(/\?.*/, ""))).toBe("no-cache");
  }
});

test("shared caches do not store a person's pages", async () => {
  const { browser } = await site.join("ada");
  for (const path of ["/jobs", "/jobs/new", "/contacts", "/nowhere"]) {
    expect((await browser.get(path)).headers.get("cache-control")).toBe("private, no-cache");
  }
  expect((await browser.get("/settings")).headers.get("cache-control")).toBe("no-store");
});
