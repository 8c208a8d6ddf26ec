import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { buildAssets } from "../../server/assets/build.ts";
import { waitUntilLive } from "../support/scene/browser.ts";
import { useLiveServer } from "../support/scene/live-server.ts";

const scene = useLiveServer();
const path = (name: string) => join(import.meta.dirname, "../../public", name);

describe("the scripts and styles of a page", () => {
  test("a page loads one stylesheet and two scripts", async () => {
    const job = scene.server.addJob();
    const page = await scene.openPage(job.href);
    await waitUntilLive(page);
    const paths = [job.href, "/app.css", "/app.js", "/live-worker.js"];
    expect(scene.server.requests.toSorted()).toEqual(paths.map((each) => `GET ${each}`).toSorted());
  });

  test("the scripts contain htmx 2.0.11 and weigh at most 25 kB", async () => {
    const page = await scene.openPage(scene.server.addJob().href);
    expect(await page.evaluate("htmx.version")).toBe("2.0.11");
    const sizes = ["app.js", "live-worker.js"].map(
      (name) => gzipSync(readFileSync(path(name))).length,
    );
    expect(sizes[0]! + sizes[1]!).toBeLessThanOrEqual(25_000);
  });

  test("the script of an upload is loaded on its page alone and weighs at most 15 kB", async () => {
    const page = await scene.openPage(scene.server.addJob().href);
    await waitUntilLive(page);
    expect(scene.server.requests.filter((each) => each.includes("upload"))).toEqual([]);
    expect(gzipSync(readFileSync(path("upload.js"))).length).toBeLessThanOrEqual(15_000);
  });

  test("the assets are not built again while their sources are unchanged", async () => {
    const before = statSync(path("app.js")).mtimeMs;
    await buildAssets({ minify: false });
    expect(statSync(path("app.js")).mtimeMs).toBe(before);
  });

  test("a hidden page reloads when the server has a newer version", async () => {
    await scene.context.addInitScript(`
      Object.defineProperty(document, "hidden", { get: () => self.isHidden ?? false });
    `);
    const job = scene.server.addJob();
    const page = await scene.openPage(job.href);
    await waitUntilLive(page);
    const loads = () => scene.server.requests.filter((each) => each === `GET ${job.href}`).length;
    await page.evaluate("self.isHidden = true");
    await page.waitForTimeout(2000);
    expect(loads()).toBe(1);
    await page.evaluate("self.isHidden = false");
    scene.server.send("hello", "/app.js?v=newer");
    await page.waitForTimeout(2000);
    expect(loads()).toBe(1);
    await page.evaluate("self.isHidden = true");
    await expect.poll(loads).toBe(2);
    await waitUntilLive(page);
  });
});
