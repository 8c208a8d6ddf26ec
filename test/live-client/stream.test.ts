import { describe, expect, test } from "vitest";
import { isLive, says, useScene } from "./scene.ts";

const scene = useScene();

describe("the stream", () => {
  test("a job's page follows the job", async () => {
    const job = scene.server.add();
    const page = await scene.open(job.href);
    await isLive(page);
    expect(await page.evaluate("isSecureContext")).toBe(false);

    scene.server.change(job.id, { percent: 61, percentText: "61 %" });
    await says(page, `#progress-${job.id} b`, "61 %");
    scene.server.change(job.id, { shown: "pausing", label: "Pausing" }, true);
    await says(page, `#panel-${job.id} .mark`, "Pausing");
  });

  test("a list follows its rows and tells of new jobs", async () => {
    const [one, two] = [scene.server.add(), scene.server.add()];
    const page = await scene.open("/jobs");
    await isLive(page);
    scene.server.change(one.id, { percent: 61, percentText: "61 %" });
    scene.server.change(two.id, { status: "done", shown: "done", label: "Done" }, true);
    await says(page, `#row-${one.id} b`, "61 %");
    await says(page, `#row-${two.id} .mark`, "Done");

    for (const id of ["a", "b", "b", "c", one.id]) scene.server.send("new", id);
    await says(page, "#jobs-new", "3 new jobs · Update list");
    scene.server.add();
    await page.click("#show-new");
    await expect.poll(() => page.locator(".row").count()).toBe(3);
  });

  test("what happened between the rendering and the stream is shown", async () => {
    const job = scene.server.add();
    scene.server.log(job.id, "one");
    scene.context.route("**/app.js*", async (route) => {
      scene.server.change(job.id, { label: "Changed meanwhile" });
      scene.server.log(job.id, "two");
      await route.continue();
    });
    const page = await scene.open(job.href);
    await says(page, `#panel-${job.id} .mark`, "Changed meanwhile");
    await expect
      .poll(() => page.locator(".lines li > span").allTextContents())
      .toEqual(["one", "two"]);
  });

  test("a stream that was cut goes on without a gap", async () => {
    const job = scene.server.add();
    scene.server.log(job.id, "one", "two");
    const page = await scene.open(job.href);
    await isLive(page);
    scene.server.log(job.id, "three");
    await says(page, ".lines", "three");

    scene.server.cut();
    scene.server.log(job.id, "four", "five");
    scene.server.change(job.id, { percent: 61, percentText: "61 %" });
    await says(page, ".lines", "five");
    await says(page, `#progress-${job.id} b`, "61 %");
    scene.server.log(job.id, "six");
    await says(page, ".lines", "six");
    const lines = await page.locator(".lines li > span").allTextContents();
    expect(lines).toEqual(["one", "two", "three", "four", "five", "six"]);
    expect(scene.server.asked.at(-1)).toBe(`stream job:${job.id} after ${job.id}:3`);
  });

  test("older frames and lines that the page has are left out", async () => {
    const job = scene.server.add();
    scene.server.log(job.id, "one", "two");
    const page = await scene.open(job.href);
    await isLive(page);
    const old = scene.server.change(job.id, { percent: 50, percentText: "50 %" });
    scene.server.change(job.id, { percent: 61, percentText: "61 %" });
    await says(page, `#progress-${job.id} b`, "61 %");

    const lines = await page.innerHTML(".lines");
    const list = `<ol id="log-${job.id}" hx-swap-oob="beforeend">${lines}</ol>`;
    scene.server.send("lines", `${job.id} 2 ${list.replaceAll("\n", " ")}`);
    scene.server.send("message", scene.server.tick(old));
    // A panel that is newer than the page's, but not than the bar inside of it.
    scene.server.send("message", scene.server.panel(old));
    scene.server.log(job.id, "three");
    await says(page, ".lines", "three");
    expect(await page.locator(".lines li > span").allTextContents()).toEqual([
      "one",
      "two",
      "three",
    ]);
    expect(await page.textContent(`#progress-${job.id} b`)).toBe("61 %");
  });

  test("a browser without shared workers runs the stream in the page", async () => {
    await scene.context.addInitScript("delete self.SharedWorker");
    const job = scene.server.add();
    const page = await scene.open(job.href);
    await isLive(page);
    scene.server.change(job.id, { percent: 61, percentText: "61 %" });
    await says(page, `#progress-${job.id} b`, "61 %");
    await page.goto("/elsewhere");
    await expect.poll(() => scene.server.streams().length).toBe(0);
  });

  test("a person who was signed out is not asked for the stream again", async () => {
    const job = scene.server.add();
    const page = await scene.context.newPage();
    await page.clock.install();
    await page.goto(job.href);
    await isLive(page);
    const loads = () => scene.server.requests.filter((path) => path === `GET ${job.href}`).length;
    scene.server.mood = "signed-out";
    scene.server.send("bye", "signed-out");
    await expect.poll(loads).toBe(2);
    await says(page, "#live-mark", "Signed out");
    const asked = scene.server.asked.length;
    await page.clock.fastForward(50_000);
    await page.waitForTimeout(2000);
    expect(scene.server.asked.length).toBe(asked);
    expect(loads()).toBe(2);
  });
});
