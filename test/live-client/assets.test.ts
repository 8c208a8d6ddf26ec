import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { buildAssets } from "../../server/assets/build.ts";
import { isLive, useScene } from "./scene.ts";

const scene = useScene();
const path = (name: string) => join(import.meta.dirname, "../../public", name);

describe("what a page loads", () => {
  test("is a stylesheet and two scripts besides the page itself", async () => {
    const job = scene.server.add();
    const page = await scene.open(job.href);
    await isLive(page);
    const paths = [job.href, "/app.css", "/app.js", "/live-worker.js"];
    expect(scene.server.requests.toSorted()).toEqual(paths.map((each) => `GET ${each}`).toSorted());
  });

  test("holds htmx 2.0.11 and takes at most 25 kB of script", async () => {
    const page = await scene.open(scene.server.add().href);
    expect(await page.evaluate("htmx.version")).toBe("2.0.11");
    const sizes = ["app.js", "live-worker.js"].map(
      (name) => gzipSync(readFileSync(path(name))).length,
    );
    expect(sizes[0]! + sizes[1]!).toBeLessThanOrEqual(25_000);
  });

  test("is built once", async () => {
    const before = statSync(path("app.js")).mtimeMs;
    await buildAssets({ minify: false });
    expect(statSync(path("app.js")).mtimeMs).toBe(before);
  });

  test("is loaded anew by a hidden page when the server has a newer version", async () => {
    await scene.context.addInitScript(`
      Object.defineProperty(document, "hidden", { get: () => self.isHidden ?? false });
    `);
    const job = scene.server.add();
    const page = await scene.open(job.href);
    await isLive(page);
    const loads = () => scene.server.requests.filter((each) => each === `GET ${job.href}`).length;
    await page.evaluate("self.isHidden = true");
    await page.waitForTimeout(2000);
    expect(loads()).toBe(1);
    await page.evaluate("self.isHidden = false");
    scene.server.send("hello", "/app.js?v=newer");
    await page.waitForTimeout(2000);
    expect(loads()).toBe(1);
    await page.evaluate("self.isHidden = true");
    await expect.poll(loads, { timeout: 3000 }).toBe(2);
    await isLive(page);
  });
});
