import { describe, expect, test } from "vitest";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";
import { useLiveServer } from "../support/scene/live-server.ts";

const scene = useLiveServer();

describe("the event stream", () => {
  test("a job's page shows its progress and status live", async () => {
    const job = scene.server.addJob();
    const page = await scene.openPage(job.href);
    await waitUntilLive(page);
    expect(await page.evaluate("isSecureContext")).toBe(false);

    scene.server.updateJob(job.id, { percent: 61, percentText: "61 %" });
    await expectText(page, `#progress-${job.id} b`, "61 %");
    scene.server.updateJob(job.id, { displayStatus: "pausing", label: "Pausing" }, true);
    await expectText(page, `#panel-${job.id} .status-badge`, "Pausing");
  });

  test("a list updates its rows in place and announces new jobs", async () => {
    const [one, two] = [scene.server.addJob(), scene.server.addJob()];
    const page = await scene.openPage("/jobs");
    await waitUntilLive(page);
    scene.server.updateJob(one.id, { percent: 61, percentText: "61 %" });
    scene.server.updateJob(two.id, { status: "done", displayStatus: "done", label: "Done" }, true);
    await expectText(page, `#row-${one.id} b`, "61 %");
    await expectText(page, `#row-${two.id} .status-badge`, "Done");

    for (const id of ["a", "b", "b", "c", one.id]) scene.server.send("new", id);
    await expectText(page, "#jobs-new", "3 new jobs · Update list");
    scene.server.addJob();
    await page.click("#show-new");
    await expect.poll(() => page.locator(".job-row").count()).toBe(3);
  });

  test("a page shows changes that were made between its rendering and its stream", async () => {
    const job = scene.server.addJob();
    scene.server.appendLog(job.id, "one");
    scene.context.route("**/app.js*", async (route) => {
      scene.server.updateJob(job.id, { label: "Changed meanwhile" });
      scene.server.appendLog(job.id, "two");
      await route.continue();
    });
    const page = await scene.openPage(job.href);
    await expectText(page, `#panel-${job.id} .status-badge`, "Changed meanwhile");
    await expect
      .poll(() => page.locator(".log-lines li > span").allTextContents())
      .toEqual(["one", "two"]);
  });

  test("a stream that was cut resumes without a gap", async () => {
    const job = scene.server.addJob();
    scene.server.appendLog(job.id, "one", "two");
    const page = await scene.openPage(job.href);
    await waitUntilLive(page);
    scene.server.appendLog(job.id, "three");
    await expectText(page, ".log-lines", "three");

    scene.server.dropConnections();
    scene.server.appendLog(job.id, "four", "five");
    scene.server.updateJob(job.id, { percent: 61, percentText: "61 %" });
    await expectText(page, ".log-lines", "five");
    await expectText(page, `#progress-${job.id} b`, "61 %");
    scene.server.appendLog(job.id, "six");
    await expectText(page, ".log-lines", "six");
    const lines = await page.locator(".log-lines li > span").allTextContents();
    expect(lines).toEqual(["one", "two", "three", "four", "five", "six"]);
    expect(scene.server.liveRequests.at(-1)).toBe(`stream job:${job.id} after ${job.id}:3`);
  });

  test("a page ignores older frames and lines that it already has", async () => {
    const job = scene.server.addJob();
    scene.server.appendLog(job.id, "one", "two");
    const page = await scene.openPage(job.href);
    await waitUntilLive(page);
    const old = scene.server.updateJob(job.id, { percent: 50, percentText: "50 %" });
    scene.server.updateJob(job.id, { percent: 61, percentText: "61 %" });
    await expectText(page, `#progress-${job.id} b`, "61 %");

    const lines = await page.innerHTML(".log-lines");
    const list = `<ol id="log-${job.id}" hx-swap-oob="beforeend">${lines}</ol>`;
    scene.server.send("lines", `${job.id} 2 ${list.replaceAll("\n", " ")}`);
    scene.server.send("message", scene.server.progress(old));
    // This panel is newer than the page's panel, but older than the progress bar inside of it.
    scene.server.send("message", scene.server.panel(old));
    scene.server.appendLog(job.id, "three");
    await expectText(page, ".log-lines", "three");
    expect(await page.locator(".log-lines li > span").allTextContents()).toEqual([
      "one",
      "two",
      "three",
    ]);
    expect(await page.textContent(`#progress-${job.id} b`)).toBe("61 %");
  });

  test("a browser without shared workers reads the stream in the page", async () => {
    await scene.context.addInitScript("delete self.SharedWorker");
    const job = scene.server.addJob();
    const page = await scene.openPage(job.href);
    await waitUntilLive(page);
    scene.server.updateJob(job.id, { percent: 61, percentText: "61 %" });
    await expectText(page, `#progress-${job.id} b`, "61 %");
    await page.goto("/elsewhere");
    await expect.poll(() => scene.server.streams().length).toBe(0);
  });

  test("a signed-out page reloads once and does not reconnect", async () => {
    const job = scene.server.addJob();
    const page = await scene.context.newPage();
    await page.clock.install();
    await page.goto(job.href);
    await waitUntilLive(page);
    const loads = () => scene.server.requests.filter((path) => path === `GET ${job.href}`).length;
    scene.server.mode = "signed-out";
    scene.server.send("bye", "signed-out");
    await expect.poll(loads).toBe(2);
    await expectText(page, "#live-indicator", "Signed out");
    const requests = scene.server.liveRequests.length;
    await page.clock.fastForward(50_000);
    await page.waitForTimeout(2000);
    expect(scene.server.liveRequests.length).toBe(requests);
    expect(loads()).toBe(2);
  });
});
