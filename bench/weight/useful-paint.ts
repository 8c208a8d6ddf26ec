import type { Browser } from "@playwright/test";
import { type Place, visit } from "./visit.ts";

/** A slow phone: the round trip of a poor 3G connection, and a fourth of this machine's speed. */
const network = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
};
const slowdown = 4;

const words = "useful paint";
/** In the page: a frame that shows the figure has been painted when the next one begins. */
const notePaint = `{
  const note = () => console.log("${words}", performance.now());
  const look = () =>
    requestAnimationFrame(document.querySelector("progress[value]") ? note : look);
  requestAnimationFrame(look);
}`;

/** @returns ms from the click until the progress figure is painted, with nothing kept from before */
export function usefulPaint(browser: Browser, place: Place): Promise<number> {
  return visit(browser, place, async (page) => {
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", network);
    await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    await page.addInitScript({ content: notePaint });
    const said = page.waitForEvent("console", (message) => message.text().startsWith(words));
    await page.goto(place.url, { waitUntil: "commit" });
    return Number((await said).text().slice(words.length));
  });
}
