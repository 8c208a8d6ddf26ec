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

test("no cache stores a person's pages, the forms to sign in and up, or redirects between them", async () => {
  const ada = await site.join("ada");
  const { browser } = ada;
  const id = await ada.start("stepping");
  const paths = ["/jobs", "/jobs/new", "/contacts", "/settings", "/nowhere", `/jobs/${id}`];
  for (const path of [...paths, "/sign-in", "/sign-up"]) {
    expect((await browser.get(path)).headers.get("cache-control")).toBe("private, no-store");
    const answer = await site.app.request(path);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
  }
});

test("Back shows a form as it was sent, so that sending it again is the same start", async () => {
  const { browser } = await site.join("ben");
  const form = await browser.get("/jobs/new/stepping");
  expect(form.headers.get("cache-control")).toBe("private, no-cache");
});
