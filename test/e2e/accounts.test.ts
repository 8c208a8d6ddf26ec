import { describe, expect, test } from "vitest";
import {
  signedOut,
  signIn,
  signUp,
  startJob,
  useApplication,
} from "../support/scene/application.ts";
import { expectText } from "../support/scene/browser.ts";

const scene = useApplication();

const mary = { name: "Mary Seacole", email: "mary@example.com", password: "british hotel" };

describe("signing in and up", () => {
  test("the terminal prints an address and a login that work", async () => {
    const [, email = "", password = ""] =
      /Sign in as (\S+) with the password (\S+)/.exec(scene.app.output()) ?? [];
    const page = await (await scene.newContext({ ...signedOut, baseURL: scene.app.url })).newPage();
    await page.goto("/");
    expect(new URL(page.url()).pathname).toBe("/sign-in");
    await signIn(page, { email, password });
    await expectText(page, "h1", "Jobs");
    // The demo account has a job in every status.
    for (const shown of ["running", "paused", "scheduled", "partly-done", "failed", "cancelled"]) {
      expect(await page.locator(`.job-row.${shown}`).count(), shown).toBeGreaterThan(0);
    }
    await page.click("#nav-contacts");
    await expectText(page, "#contact-count", "72 contacts");
  });

  test("one button signs in to the demo account, without JavaScript too", async () => {
    const visitor = { ...signedOut, baseURL: scene.app.url, javaScriptEnabled: false };
    const page = await (await scene.newContext(visitor)).newPage();
    await page.goto("/sign-in");
    await page.click("#try-demo");
    await expectText(page, "h1", "Jobs");
  });

  test("a wrong password shows an error and opens nothing", async () => {
    const page = await scene.openPage("/contacts", signedOut);
    await page.fill("#email", "demo@headway.example");
    await page.fill("#password", "not the password");
    await page.click("#submit");
    await expectText(page, "#sign-in-error", "Wrong email or password");
    expect(await page.inputValue("#email")).toBe("demo@headway.example");
    await signIn(page);
    expect(new URL(page.url()).pathname).toBe("/contacts");
  });

  test("a new account sees nothing of other accounts", async () => {
    const othersJob = await startJob(await scene.openPage("/jobs"), "sleep", { ms: 60_000 });
    const page = await scene.openPage("/sign-up", signedOut);
    await signUp(page, mary);
    await expectText(page, ".empty-state", "No jobs yet");
    expect((await page.goto("/jobs?scope=account"))?.status()).toBe(200);
    expect(await page.locator(".job-row").count()).toBe(0);
    await page.goto("/contacts");
    await expectText(page, ".empty-state", "No contacts yet");
    for (const path of [
      othersJob,
      `${othersJob}/log`,
      `${othersJob}/result`,
      `${othersJob}/viewer`,
    ]) {
      expect((await page.goto(path))?.status(), path).toBe(404);
    }
    const id = othersJob.slice("/jobs/".length);
    expect(await (await page.request.get(`/live?topics=job:${id}`)).text()).toBe("");
    await page.goto("/jobs/new/sleep?ms=1");
    const token = await page.inputValue("input[name=token] >> nth=0");
    const cancel = await page.request.post(`${othersJob}/cancel`, { form: { token } });
    expect(cancel.status()).toBe(404);
    const owner = await scene.openPage(othersJob);
    await expectText(owner, ".job-panel .status-badge", "Running");
    await owner.click(".actions button:has-text('Cancel')");
    await expectText(owner, ".job-panel .status-badge", "Cancelled");
  });

  test("signing out ends the session in other tabs and for a copied cookie", async () => {
    const page = await scene.openPage("/sign-up", signedOut);
    await signUp(page, { name: "Rosa", email: "rosa@example.com", password: "a seat on the bus" });
    const job = await startJob(page, "sleep", { ms: 60_000 });
    const copied = await page.context().storageState();
    const tab = await page.context().newPage();
    await tab.goto(job);
    await expectText(tab, "#live-indicator", "Live");

    await page.click("#account-button");
    await page.click("text=Sign out");
    await expectText(page, "h1", "Sign in");
    await tab.waitForURL(/\/sign-in/);
    const copy = await scene.openPage(job, { storageState: copied });
    await expectText(copy, "h1", "Sign in");
    await page.goBack();
    await page.reload();
    await expectText(page, "h1", "Sign in");
  });
});
