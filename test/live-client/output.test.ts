import { expect, test } from "vitest";
import { waitUntilLive } from "../support/scene/browser.ts";
import { useLiveServer } from "../support/scene/live-server.ts";

const scene = useLiveServer();

test("the text of a job grows on its page, each part once, and is asked for where one is missing", async () => {
  const job = scene.server.addJob();
  scene.server.appendOutput(job.id, "Once\n");
  const page = await scene.openPage(job.href);
  await waitUntilLive(page);
  const text = () => page.locator(".output-text").evaluate((part) => part.textContent);
  expect(await text()).toBe("Once\n");
  scene.server.appendOutput(job.id, "upon <b>a</b>\n\n  time");
  await expect.poll(text).toBe("Once\nupon <b>a</b>\n\n  time");

  // Overlaps with what the page has, as behind a snapshot.
  scene.server.appendOutput(job.id, ", there", {
    from: 0,
    text: "Once\nupon <b>a</b>\n\n  time, there",
  });
  await expect.poll(text).toBe("Once\nupon <b>a</b>\n\n  time, there");

  // A part is lost on its way: the page asks for the whole text.
  const whole = `${await text()} was a job`;
  scene.server.appendOutput(job.id, " was a job", { from: whole.length - 4, text: " job" });
  await expect.poll(text).toBe(whole);
});

test("the text follows its end until the person scrolls up", async () => {
  const job = scene.server.addJob();
  scene.server.appendOutput(job.id, "line\n".repeat(200));
  const page = await scene.openPage(job.href);
  await waitUntilLive(page);
  const output = page.locator(".output-text");
  const isAtEnd = () =>
    output.evaluate((part) => part.scrollTop + part.clientHeight > part.scrollHeight - 8);
  expect(await isAtEnd()).toBe(true);
  scene.server.appendOutput(job.id, "more\n".repeat(50));
  await expect.poll(() => output.evaluate((part) => part.textContent?.includes("more"))).toBe(true);
  expect(await isAtEnd()).toBe(true);
  await output.evaluate((part) => part.scrollTo(0, 0));
  scene.server.appendOutput(job.id, "last\n");
  await expect.poll(() => output.evaluate((part) => part.textContent?.includes("last"))).toBe(true);
  expect(await output.evaluate((part) => part.scrollTop)).toBe(0);
});
