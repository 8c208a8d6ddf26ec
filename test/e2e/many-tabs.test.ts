import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../server/commands/scaled/free-port.ts";
import { startApplication } from "../support/application.ts";
import { signUp, startJob } from "../support/scene/application.ts";
import { expectText, mappedHost, useBrowser, waitUntilLive } from "../support/scene/browser.ts";

const browser = useBrowser();

/** Starts the application for people on other machines. @returns its address */
async function startForOthers(): Promise<string> {
  const storageDir = await mkdtemp(join(tmpdir(), "headway-e2e-"));
  const port = await freePort();
  const url = `http://${mappedHost}:${port}`;
  const settings = { PORT: String(port), PUBLIC_URL: url };
  const app = await startApplication({ databaseUrl: undefined, storageDir }, settings);
  onTestFinished(async () => {
    await app.stop();
    await rm(storageDir, { recursive: true, force: true });
  });
  return url;
}

describe("many tabs over plain HTTP/1.1 outside localhost", () => {
  test("ten tabs are live at once and leave a connection for an eleventh page", async () => {
    const context = await browser.newContext({ baseURL: await startForOthers() });
    context.setDefaultTimeout(60_000);
    const first = await context.newPage();
    await first.goto("/sign-up");
    const email = "ada@example.com";
    await signUp(first, { name: "Ada", email, password: "analytical engine" });
    expect(await first.evaluate("isSecureContext")).toBe(false);
    const paths = [
      await startJob(first, "ticking", { ticks: 3_000, pace: 100 }),
      await startJob(first, "ticking", { ticks: 3_001, pace: 100 }),
    ];
    const tabs = [first];
    while (tabs.length < 10) {
      const tab = await context.newPage();
      await tab.goto(tabs.length === 9 ? "/jobs" : paths[tabs.length % 2]!);
      tabs.push(tab);
    }
    await Promise.all(tabs.map(waitUntilLive));
    const amount = 'main [id^="progress-"] p';
    const before = await Promise.all(tabs.map((tab) => tab.locator(amount).first().textContent()));
    await Promise.all(
      tabs.map((tab, at) =>
        expect.poll(() => tab.locator(amount).first().textContent()).not.toBe(before[at]),
      ),
    );
    const eleventh = await context.newPage();
    expect((await eleventh.goto("/contacts", { timeout: 30_000 }))?.status()).toBe(200);

    // The tab that opened the stream closes, and the others stay live.
    await first.close();
    for (const path of paths) {
      await eleventh.goto(path);
      await eleventh.click(".actions button:has-text('Cancel')");
    }
    await Promise.all(
      tabs.slice(1, 9).map((tab) => expectText(tab, ".job-panel .status-badge", "Cancelled")),
    );
  });
});
