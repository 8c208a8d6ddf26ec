import { setTimeout as sleep } from "node:timers/promises";
import Papa from "papaparse";
import { describe, expect, test } from "vitest";
import { demoAccount } from "../../server/accounts/demo-account.ts";
import { people } from "../support/people.ts";
import { useApplication } from "../support/scene/application.ts";
import { type TextBrowser, textBrowser } from "../support/text-browser.ts";

const scene = useApplication();

/** Reloads a page until it has a text. @returns its HTML */
async function waitForText(browser: TextBrowser, path: string, text: RegExp): Promise<string> {
  for (const deadline = Date.now() + 30_000; ; await sleep(300)) {
    const { html } = await browser.get(path);
    if (text.test(html)) return html;
    if (Date.now() > deadline) throw new Error(`${text} is not on ${path}: ${html}`);
  }
}

async function signIn(): Promise<TextBrowser> {
  const browser = textBrowser(scene.port);
  const form = await browser.get("/contacts");
  const { email, password } = demoAccount;
  const page = await form.submit("/sign-in", { email, password });
  expect(page.path).toBe("/contacts");
  expect(page.html).toContain("<h1>Contacts</h1>");
  return browser;
}

describe("a text browser, which sends no Origin header", () => {
  test("a text browser can sign in, start a job, cancel it and sign out", async () => {
    const browser = await signIn();
    const form = await browser.get("/jobs/new/countdown");
    const page = await form.submit("/jobs", { from: "600" });
    expect(page.path).toMatch(/^\/jobs\/[0-9a-f-]{36}$/);
    await waitForText(browser, page.path, /of 600 seconds/);

    const running = await browser.get(page.path);
    // Text browsers show no progress bar, so its value is also printed as text.
    expect(running.html).toMatch(/<progress[^>]*><\/progress> <b>\d+ %<\/b>/);
    await running.submit(`${page.path}/cancel`);
    await waitForText(browser, page.path, /Cancelled/);

    const signedOut = await (await browser.get("/jobs")).submit("/sign-out");
    expect(signedOut.path).toBe("/sign-in");
    expect((await browser.get(page.path)).path).toContain("/sign-in?next=");
  });

  test("a text browser can import a file and download its rejected rows", async () => {
    const browser = await signIn();
    const file = new File([Papa.unparse(people(600))], "café.csv", { type: "text/csv" });
    const form = await browser.get("/jobs/new/contact_import");
    const mapping = await form.submit(/^\/uploads/, { file });
    expect(mapping.html).toContain("café.csv");
    const page = await mapping.submit("/jobs");
    const html = await waitForText(browser, page.path, /Imported 598 of 600, 2 rows rejected/);
    const link = /href="(\/jobs\/[^"]+\/result\?file=[^"]+)"/.exec(html)![1]!;
    expect((await browser.get(link)).html).toContain("nobody 0000000");
  });

  test("a text browser can cancel selected rows of the list", async () => {
    const browser = await signIn();
    const page = await (await browser.get("/jobs/new/countdown")).submit("/jobs", { from: "600" });
    const ids = page.path.slice("/jobs/".length);
    const list = await (await browser.get("/jobs")).submit("/jobs/bulk", { ids, action: "cancel" });
    expect(list.html).toContain("Cancelling 1 job");
    await waitForText(browser, page.path, /Cancelled/);
  });

  test("a form without its token, or with the token of another browser, changes nothing", async () => {
    const [browser, other] = [await signIn(), await signIn()];
    const form = await browser.get("/jobs/new/countdown");
    const foreign = /name="token" value="([^"]+)"/.exec((await other.get("/jobs")).html)![1]!;
    for (const token of ["", "made-up", foreign]) {
      const refused = await form.submit("/jobs", { from: "599", token });
      expect(refused.status).toBe(403);
      expect(refused.html).toContain("This page is out of date");
    }
    expect((await browser.get("/jobs")).html).not.toContain("of 599");
  });
});
