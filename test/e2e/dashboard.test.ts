import { expect, test } from "vitest";
import { isLive, patiently, says, signUp, startJob, stranger, useApplication } from "./scene.ts";

const scene = useApplication();

/** Somebody with an account of their own, whose list is empty. */
async function newcomer(name: string) {
  const context = await scene.visit(stranger);
  const page = await context.newPage();
  await page.goto("/sign-up");
  await signUp(page, { name, email: `${name}@example.com`, password: "analytical engine" });
  return { context, page };
}

const status = (row: string) => `#row-${row} .mark`;

test("the list is worked with single keys, which can be switched off", async () => {
  const { page } = await newcomer("keys");
  for (const seconds of [600, 601]) await startJob(page, "countdown", { from: seconds });
  await page.goto("/jobs");
  await isLive(page);
  const [first, second]: string[] = await page.evaluate(
    `[...document.querySelectorAll("#jobs input")].map((box) => box.value)`,
  );
  const focused = () => page.evaluate("document.activeElement.id");
  await page.keyboard.press("j");
  expect(await focused()).toBe(`open-${first}`);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  expect(await focused()).toBe(`open-${second}`);
  await page.keyboard.press("k");
  expect(await focused()).toBe(`open-${first}`);

  await page.keyboard.press("x");
  expect(await page.isChecked(`#pick-${first}`)).toBe(true);
  await says(page, "#announce", "Selected, 1 in total");
  await page.keyboard.press("x");
  // One job is cancelled in its place; the list stays as it is.
  await says(page, status(first!), /Running/);
  await page.keyboard.press("c");
  await says(page, status(first!), /Cancelled/);
  expect(new URL(page.url()).pathname).toBe("/jobs");
  await says(page, status(second!), /Running/);
  await says(page, "#counts-mine", /1 running.* 1 cancelled/);
  await says(page, "#show-new", /1 job finished · Update list/);

  await page.keyboard.press("/");
  expect(await focused()).toBe("q");
  await page.keyboard.type("jk?c");
  expect(await page.inputValue("#q")).toBe("jk?c");
  await page.evaluate("document.activeElement.blur()");
  await page.keyboard.press("?");
  expect(await page.isVisible("#shortcuts")).toBe(true);
  await page.uncheck("#shortcuts-on");
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  expect(await focused()).not.toContain("open-");
  await page.reload();
  await page.keyboard.press("?");
  expect(await page.isVisible("#shortcuts")).toBe(false);
  await page.click("#show-shortcuts");
  await page.check("#shortcuts-on");
  await page.click("#shortcuts-close");

  // The Enter key on a box opens the job, and presses no button of another.
  await page.keyboard.press("j");
  await page.focus(`#pick-${second}`);
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/jobs/${second}`);
  await page.click(".actions button:has-text('Cancel')");
});

test("while updates are paused nothing moves, and then all of it comes in", async () => {
  const { page } = await newcomer("pause");
  const path = await startJob(page, "countdown", { from: 600 });
  const id = path.split("/").at(-1)!;
  await page.goto("/jobs");
  await isLive(page);
  await says(page, status(id), /Running/);
  await page.click("#pause-live");
  await says(page, "#pause-live", "Updates paused · Resume");
  const shown = await page.textContent(`#row-${id}`);
  await page.check(`#pick-${id}`);
  await says(page, "#pause-live", /^[12] updates? · Resume$/);
  expect(await page.textContent(`#row-${id}`)).toBe(shown);
  const token = await page.inputValue("#bulk [name=token]");
  await page.request.post(`${path}/cancel`, { form: { token } });
  await page.waitForTimeout(1_500);
  expect(await page.textContent(`#row-${id}`)).toBe(shown);
  await page.click("#pause-live");
  await says(page, status(id), /Cancelled/);
  expect(await page.isChecked(`#pick-${id}`)).toBe(true);
  await says(page, "#pause-live", "Pause updates");
});

test("all that match are chosen behind all of the page, and a job cancels them", async () => {
  const { page } = await newcomer("many");
  const token = await (async () => {
    await page.goto("/jobs/new/countdown");
    return page.inputValue("[name=token]");
  })();
  // Due in a while, so that they wait.
  for (let n = 0; n < 53; n++) {
    await page.request.post("/jobs", {
      form: { token, type: "countdown", from: "900", idempotency_key: `many-${n}`, anyway: "1" },
      maxRedirects: 0,
    });
  }
  await page.goto("/jobs?type=countdown");
  expect(await page.isVisible("#bulk-all")).toBe(false);
  await page.check("#pick-all");
  await says(page, "#chosen", "50 jobs selected");
  await page.check("#bulk-all");
  await page.click("#bulk-cancel");
  await says(page, "h1", "Cancel 53 jobs?");
  await page.click("#submit");
  await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
  // Five of them run and fill the account; this one does not wait for these.
  await says(page, ".outcome", /Cancelled 53 of 53 jobs/);
  await page.goto("/jobs?type=countdown&status=active");
  const left = async () => {
    await page.reload();
    return page.$$("#jobs li");
  };
  await expect.poll(left, patiently).toEqual([]);
});

test("without JavaScript: all that match, days and words", async () => {
  const { context } = await newcomer("plain");
  const plain = await scene.visit({
    storageState: await context.storageState(),
    javaScriptEnabled: false,
  });
  const page = await plain.newPage();
  for (const from of [700, 701]) await startJob(page, "countdown", { from });
  await page.goto("/jobs");
  await page.selectOption("#filter-when", "dates");
  await page.fill("#filter-from", "2020-01-01");
  await page.fill("#filter-to", "2020-01-31");
  await page.click("#filter");
  await says(page, "h2", "No job matches");
  await page.click("#filter-clear");
  await page.waitForURL((url) => !url.searchParams.get("from"));
  await page.fill("#q", "701");
  await page.click("#filter");
  await page.waitForURL(/q=701/);
  await expect.poll(() => page.$$("#jobs li"), patiently).toHaveLength(1);
  await page.check("#jobs input");
  await page.click("#bulk-cancel");
  await says(page, "#flash", "1 job asked to stop.");
  await page.goto("/jobs/bulk?action=cancel&status=active");
  // What was asked to stop may still be stopping.
  await says(page, "h1", /Cancel [12] jobs?\?/);
  await page.click("#submit");
  await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
  const shown = async () => {
    await page.reload();
    return page.textContent("main");
  };
  await expect.poll(shown, patiently).toMatch(/Cancelled [12] of [12] jobs?/);
});
