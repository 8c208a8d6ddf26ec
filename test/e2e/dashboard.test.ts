import { expect, test } from "vitest";
import { signedOut, signUp, startJob, useApplication } from "../support/scene/application.ts";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";

const scene = useApplication();

/** Signs up a new account, whose list is empty. */
async function createAccount(name: string) {
  const context = await scene.newContext(signedOut);
  const page = await context.newPage();
  await page.goto("/sign-up");
  await signUp(page, { name, email: `${name}@example.com`, password: "analytical engine" });
  return { context, page };
}

const statusOf = (row: string) => `#row-${row} .status-badge`;

test("single-key shortcuts operate the list and can be switched off", async () => {
  const { page } = await createAccount("keys");
  for (const seconds of [600, 601]) await startJob(page, "countdown", { from: seconds });
  await page.goto("/jobs");
  await waitUntilLive(page);
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
  await expectText(page, "#announce", "Selected, 1 in total");
  await page.keyboard.press("x");
  // A job is cancelled in its place, and the list stays.
  await expectText(page, statusOf(first!), /Running/);
  await page.keyboard.press("c");
  await expectText(page, statusOf(first!), /Cancelled/);
  expect(new URL(page.url()).pathname).toBe("/jobs");
  await expectText(page, statusOf(second!), /Running/);
  await expectText(page, "#counts-mine", /1 running.* 1 cancelled/);
  await expectText(page, "#show-new", /1 job finished · Update list/);

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

  // Enter on a checkbox opens its job instead of submitting the form.
  await page.keyboard.press("j");
  await page.focus(`#pick-${second}`);
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/jobs/${second}`);
  await page.click(".actions button:has-text('Cancel')");
});

test("paused updates change nothing on the list until they are resumed", async () => {
  const { page } = await createAccount("pause");
  const path = await startJob(page, "countdown", { from: 600 });
  const id = path.split("/").at(-1)!;
  await page.goto("/jobs");
  await waitUntilLive(page);
  await expectText(page, statusOf(id), /Running/);
  await page.click("#pause-live");
  await expectText(page, "#pause-live", "Updates paused · Resume");
  const shown = await page.textContent(`#row-${id}`);
  await page.check(`#pick-${id}`);
  await expectText(page, "#pause-live", /^[12] updates? · Resume$/);
  expect(await page.textContent(`#row-${id}`)).toBe(shown);
  const token = await page.inputValue("#bulk [name=token]");
  await page.request.post(`${path}/cancel`, { form: { token } });
  await page.waitForTimeout(1_500);
  expect(await page.textContent(`#row-${id}`)).toBe(shown);
  await page.click("#pause-live");
  await expectText(page, statusOf(id), /Cancelled/);
  expect(await page.isChecked(`#pick-${id}`)).toBe(true);
  await expectText(page, "#pause-live", "Pause updates");
});

test("all jobs that match the filter can be selected, and a job cancels them", async () => {
  const { page } = await createAccount("many");
  const token = await (async () => {
    await page.goto("/jobs/new/countdown");
    return page.inputValue("[name=token]");
  })();
  // Only five run at a time, so most of them wait.
  for (let n = 0; n < 53; n++) {
    await page.request.post("/jobs", {
      form: { token, type: "countdown", from: "900", idempotency_key: `many-${n}`, anyway: "1" },
      maxRedirects: 0,
    });
  }
  await page.goto("/jobs?type=countdown");
  expect(await page.isVisible("#bulk-all")).toBe(false);
  await page.check("#pick-all");
  await expectText(page, "#chosen", "50 jobs selected");
  await page.check("#bulk-all");
  await page.click("#bulk-cancel");
  await expectText(page, "h1", "Cancel 53 jobs?");
  await page.click("#submit");
  await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
  // Five of them run, the limit of the account, which the cancelling job does not count towards.
  await expectText(page, ".outcome", /Cancelled 53 of 53 jobs/);
  await page.goto("/jobs?type=countdown&status=active");
  const activeRows = async () => {
    await page.reload();
    return page.$$("#jobs li");
  };
  await expect.poll(activeRows).toEqual([]);
});

test("the list can be filtered and its jobs cancelled without JavaScript", async () => {
  const { context } = await createAccount("plain");
  const withoutScript = await scene.newContext({
    storageState: await context.storageState(),
    javaScriptEnabled: false,
  });
  const page = await withoutScript.newPage();
  for (const from of [700, 701]) await startJob(page, "countdown", { from });
  await page.goto("/jobs");
  await page.selectOption("#filter-when", "dates");
  await page.fill("#filter-from", "2020-01-01");
  await page.fill("#filter-to", "2020-01-31");
  await page.click("#filter");
  await expectText(page, "h2", "No matching jobs");
  await page.click("#filter-clear");
  await page.waitForURL((url) => !url.searchParams.get("from"));
  await page.fill("#q", "701");
  await page.click("#filter");
  await page.waitForURL(/q=701/);
  await expect.poll(() => page.$$("#jobs li")).toHaveLength(1);
  await page.check("#jobs input");
  await page.click("#bulk-cancel");
  await expectText(page, "#flash", "Cancelling 1 job");
  await page.goto("/jobs/bulk?action=cancel&status=active");
  // The first job may still be stopping.
  await expectText(page, "h1", /Cancel [12] jobs?\?/);
  await page.click("#submit");
  await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
  const shown = async () => {
    await page.reload();
    return page.textContent("main");
  };
  await expect.poll(shown).toMatch(/Cancelled [12] of [12] jobs?/);
});
