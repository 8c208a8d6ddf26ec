import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { signedOut, signIn, signUp, useApplication } from "../support/scene/application.ts";
import { expectText } from "../support/scene/browser.ts";
import { totpCode } from "../support/totp.ts";

const scene = useApplication();

const hedy = { name: "Hedy Lamarr", email: "hedy@example.com", password: "frequency hopping" };
const mary = { name: "Mary Anning", email: "anning@example.com", password: "fossils of Lyme" };

async function submitCode(page: Page, code: string): Promise<void> {
  await page.fill("#code", code);
  await page.click("#submit");
}

describe("two-factor authentication", () => {
  test("is set up, used and turned off without JavaScript", async () => {
    const visitor = { ...signedOut, baseURL: scene.app.url, javaScriptEnabled: false };
    const page = await (await scene.newContext(visitor)).newPage();
    await page.goto("/sign-up");
    await signUp(page, hedy);
    await page.goto("/settings/security");
    await page.click("#set-up-two-factor");
    await page.fill("#password", hedy.password);
    await page.click("#submit");
    const code = page.locator("svg[role=img] path");
    expect((await code.getAttribute("d"))!.length).toBeGreaterThan(1_000);
    const secret = (await page.textContent("#totp-key"))!;
    await submitCode(page, "000000");
    await expectText(page, "#code-error", "Wrong code");
    await submitCode(page, totpCode(secret));
    await expectText(page, "#two-factor-status", "On. 10 recovery codes are left.");
    const [first = "", second = ""] = await page
      .locator("#new-recovery-codes code")
      .allTextContents();

    await page.click("#account-button");
    await page.click("text=Sign out");
    for (const given of [totpCode(secret), first]) {
      await page.goto("/contacts");
      await signIn(page, hedy);
      await expectText(page, "h1", "Enter a code");
      await submitCode(page, given);
      await expectText(page, "h1", "Contacts");
      await page.context().clearCookies();
    }
    await page.goto("/settings/security");
    await signIn(page, hedy);
    await submitCode(page, second);
    await expectText(page, "#two-factor-status", "On. 8 recovery codes are left.");
    await page.click("#disable-two-factor");
    await page.fill("#password", hedy.password);
    await page.click("#submit");
    await expectText(page, "#two-factor-status", "Off.");
  });
});

describe("passkeys", () => {
  /** @returns the browser's authenticator, and how many passkeys it has */
  async function addAuthenticator(page: Page, { isUserVerified = true } = {}) {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("WebAuthn.enable");
    const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified,
        automaticPresenceSimulation: true,
      },
    });
    const count = async () =>
      (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials.length;
    const setVerified = (verified: boolean) =>
      cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: verified });
    return { count, setVerified };
  }

  test("a passkey is added, signs in without the password, and is removed", async () => {
    const page = await scene.openPage("/sign-up", signedOut);
    await signUp(page, mary);
    const authenticator = await addAuthenticator(page);
    await page.goto("/settings/security");
    await page.click("#new-passkey");
    await page.fill("#passkey-name", "Blue key");
    await page.fill("#passkey-password", "not her password");
    await page.click("#submit");
    await expectText(page, "#passkey-error", "Wrong password");
    expect(await authenticator.count()).toBe(0);
    await page.fill("#passkey-password", mary.password);
    await page.click("#submit");
    await expectText(page, "#flash", "Passkey added.");
    await expectText(page, "main", "Blue key");
    expect(await authenticator.count()).toBe(1);

    await page.click("#account-button");
    await page.click("text=Sign out");
    await page.goto("/contacts");
    await page.click("#use-passkey");
    await page.waitForURL("**/contacts");
    await page.goto("/settings/activity");
    await expectText(page, "main", "Signed in with a passkey");
    await page.goto("/settings/security");
    await page.click("button:has-text('Remove')");
    await expectText(page, "#flash", "Passkey removed.");

    await page.click("#account-button");
    await page.click("text=Sign out");
    await page.click("#use-passkey");
    await expectText(page, "#flash", "This passkey doesn't open an account here.");
  });

  test("a device that does not check the person signs nobody in", async () => {
    const page = await scene.openPage("/sign-up", signedOut);
    await signUp(page, { ...mary, email: "m.anning@example.com" });
    const authenticator = await addAuthenticator(page);
    await page.goto("/settings/passkeys/new");
    await page.fill("#passkey-name", "Laptop");
    await page.fill("#passkey-password", mary.password);
    await page.click("#submit");
    await expectText(page, "#flash", "Passkey added.");
    await page.context().clearCookies();
    await authenticator.setVerified(false);
    // A page that asks for no check of the person gets an answer without one.
    await page.route("**/sign-in/passkey/options", async (route) => {
      const answer = await route.fetch();
      const json = { ...(await answer.json()), userVerification: "discouraged" };
      await route.fulfill({ response: answer, json });
    });
    await page.goto("/sign-in");
    await page.click("#use-passkey");
    await expectText(page, "#flash", "This passkey doesn't open an account here.");
    expect((await page.goto("/contacts"))?.url()).toContain("/sign-in");
  });

  test("the button for passkeys is hidden where they cannot work", async () => {
    const visitor = { ...signedOut, javaScriptEnabled: false };
    const page = await (await scene.newContext(visitor)).newPage();
    await page.goto("/sign-in");
    expect(await page.locator("#use-passkey").isVisible()).toBe(false);
    const elsewhere = await scene.openPage("/sign-in", {
      ...signedOut,
      baseURL: `http://127.0.0.1:${scene.port}`,
    });
    await elsewhere.waitForLoadState();
    expect(await elsewhere.locator("#use-passkey").isVisible()).toBe(false);
  });
});
