import type { Browser } from "@playwright/test";
import { type Place, visit } from "./visit.ts";

/** A slow phone: the round trip of a poor 3G connection, and a quarter of this machine's speed. */
const network = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
};
const slowdown = 4;

const marker = "useful paint";
/** Runs in the page: the frame after the one with the figure proves that it was painted. */
const notePaint = `{
  const note = () => console.log("${marker}", performance.now());
  const check = () =>
    requestAnimationFrame(document.querySelector("progress[value]") ? note : check);
  requestAnimationFrame(check);
}`;

/** @returns the time from navigation until the progress is painted, with an empty cache, ms */
export function usefulPaint(browser: Browser, place: Place): Promise<number> {
  return visit(browser, place, async (page) => {
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", network);
    await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    await page.addInitScript({ content: notePaint });
    const painted = page.waitForEvent("console", (message) => message.text().startsWith(marker));
    await page.goto(place.url, { waitUntil: "commit" });
    return Number((await painted).text().slice(marker.length));
  });
}
