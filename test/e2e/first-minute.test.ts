import { describe, expect, test } from "vitest";
import { says, signIn, signUp, startJob, stranger, useApplication } from "./scene.ts";

const scene = useApplication();

const mary = { name: "Mary Seacole", email: "mary@example.com", password: "british hotel" };

describe("the first minute", () => {
  test("the terminal says where to go and how to sign in, and that works", async () => {
    const [, email = "", password = ""] =
      /Sign in as (\S+) with the password (\S+)/.exec(scene.app.output()) ?? [];
    const page = await (await scene.visit({ ...stranger, baseURL: scene.app.url })).newPage();
    await page.goto("/");
    expect(new URL(page.url()).pathname).toBe("/sign-in");
    await signIn(page, { name: "", email, password });
    await says(page, "h1", "Jobs");
    // One job in every status, so that there is something to see.
    for (const shown of ["running", "paused", "scheduled", "done", "failed", "cancelled"]) {
      expect(await page.locator(`.row.${shown}`).count(), shown).toBeGreaterThan(0);
    }
    await page.click("#nav-contacts");
    await says(page, ".count", "72 contacts");
  });

  test("a wrong password is told, and nothing opens", async () => {
    const page = await scene.open("/contacts", stranger);
    await page.fill("#email", "demo@headway.example");
    await page.fill("#password", "not the password");
    await page.click("#submit");
    await says(page, "#sign-in-error", "The email or the password is wrong");
    expect(await page.inputValue("#email")).toBe("demo@headway.example");
    await signIn(page);
    expect(new URL(page.url()).pathname).toBe("/contacts");
  });

  test("signing up makes an account that sees nothing of others", async () => {
    const theirs = await startJob(await scene.open("/jobs"), "nap", { ms: 60_000 });
    const page = await scene.open("/sign-up", stranger);
    await signUp(page, mary);
    await says(page, ".empty", "Nothing has run yet");
    expect((await page.goto("/jobs?scope=account"))?.status()).toBe(200);
    expect(await page.locator(".row").count()).toBe(0);
    await page.goto("/contacts");
    await says(page, ".empty", "No contacts yet");
    for (const path of [theirs, `${theirs}/log`, `${theirs}/result`, `${theirs}/viewer`]) {
      expect((await page.goto(path))?.status(), path).toBe(404);
    }
    const id = theirs.slice("/jobs/".length);
    expect(await (await page.request.get(`/live?topics=job:${id}`)).text()).toBe("");
    await page.goto("/jobs/new/nap?ms=1");
    const token = await page.inputValue("input[name=token] >> nth=0");
    const cancel = await page.request.post(`${theirs}/cancel`, { form: { token } });
    expect(cancel.status()).toBe(404);
    const owner = await scene.open(theirs);
    await says(owner, ".panel .mark", "Running");
    await owner.click(".actions button:has-text('Cancel')");
    await says(owner, ".panel .mark", "Cancelled");
  });

  test("signing out ends it, in other tabs and for a copied cookie too", async () => {
    const page = await scene.open("/sign-up", stranger);
    await signUp(page, { name: "Rosa", email: "rosa@example.com", password: "a seat on the bus" });
    const job = await startJob(page, "nap", { ms: 60_000 });
    const copied = await page.context().storageState();
    const tab = await page.context().newPage();
    await tab.goto(job);
    await says(tab, "#live-mark", "Live");

    await page.click("#account-button");
    await page.click("text=Sign out");
    await says(page, "h1", "Sign in");
    await tab.waitForURL(/\/sign-in/);
    const thief = await scene.open(job, { storageState: copied });
    await says(thief, "h1", "Sign in");
    await page.goBack();
    await page.reload();
    await says(page, "h1", "Sign in");
  });
});
