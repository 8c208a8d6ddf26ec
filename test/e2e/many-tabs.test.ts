import { describe, expect, test } from "vitest";
import {
  isLive,
  mappedHost,
  patiently,
  says,
  signIn,
  startJob,
  stranger,
  useApplication,
} from "./scene.ts";

const scene = useApplication();

describe("many tabs over HTTP/1.1, under a name that is not localhost", () => {
  test("ten are live at once, and leave room for an eleventh page", async () => {
    const context = await scene.visit({
      ...stranger,
      baseURL: `http://${mappedHost}:${scene.port}`,
    });
    const first = await context.newPage();
    await first.goto("/jobs");
    await signIn(first);
    expect(await first.evaluate("isSecureContext")).toBe(false);
    const paths = [
      await startJob(first, "steady", { ticks: 3_000, pace: 100 }),
      await startJob(first, "steady", { ticks: 3_001, pace: 100 }),
    ];
    const tabs = [first];
    while (tabs.length < 10) {
      const tab = await context.newPage();
      await tab.goto(tabs.length === 9 ? "/jobs" : paths[tabs.length % 2]!);
      tabs.push(tab);
    }
    await Promise.all(tabs.map(isLive));
    const amount = 'main [id^="progress-"] p';
    const before = await Promise.all(tabs.map((tab) => tab.locator(amount).first().textContent()));
    await Promise.all(
      tabs.map((tab, at) =>
        expect
          .poll(() => tab.locator(amount).first().textContent(), patiently)
          .not.toBe(before[at]),
      ),
    );
    const eleventh = await context.newPage();
    expect((await eleventh.goto("/contacts", { timeout: 5_000 }))?.status()).toBe(200);

    // The tab that opened the stream goes; the others stay live, and hear what one of them does.
    await first.close();
    for (const path of paths) {
      await eleventh.goto(path);
      await eleventh.click(".actions button:has-text('Cancel')");
    }
    await Promise.all(tabs.slice(1, 9).map((tab) => says(tab, ".panel .mark", "Cancelled")));
  });
});
