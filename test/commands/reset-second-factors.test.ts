import { afterEach, beforeEach, expect, test } from "vitest";
import { ada, Browser, signedUp } from "../support/cookie-browser.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { runCommandIn } from "../support/place-commands.ts";
import { totpCode } from "../support/totp.ts";
import { createWebApp } from "../support/web-app.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.close());

const run = (...args: string[]) => runCommandIn(database.dir, "reset-second-factors", args);

test("the command lets somebody without their phone sign in, and the security log says so", async () => {
  const { app } = createWebApp(database);
  const browser = await signedUp(app);
  const { email, password } = ada;
  const base = "/settings/two-factor";
  await browser.submit(`${base}/set-up`, `${base}/set-up`, { password });
  const [, key] = /id="totp-key">([A-Z2-7 ]+)</.exec(await browser.text(`${base}/confirm`))!;
  await browser.submit(`${base}/confirm`, `${base}/confirm`, { code: totpCode(key!) });

  const visitor = new Browser(app);
  const signIn = () => visitor.submit("/sign-in", "/sign-in", { email, password, next: "/jobs" });
  expect((await signIn()).headers.get("location")).toMatch("/sign-in/code");
  const { stdout, stderr, status } = run("Ada@example.com");
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  expect(stdout).toContain(
    "Turned off two-factor authentication; removed 0 passkeys, ended 1 sess",
  );
  expect((await signIn()).headers.get("location")).toBe("/jobs");
  const activity = await visitor.text("/settings/activity");
  expect(activity).toContain("An operator turned off two-factor authentication");
});

test.each([
  [["eve@example.com"], "No user has the email eve@example.com\n"],
  [[], "Usage: npm run reset-second-factors -- EMAIL\n"],
  [["ada@example.com", "now"], "Usage: npm run reset-second-factors -- EMAIL\n"],
])("the command fails for %j", (given, message) => {
  const { stdout, stderr, status } = run(...given);
  expect({ stdout, stderr, status }).toEqual({ stdout: "", stderr: message, status: 1 });
});
