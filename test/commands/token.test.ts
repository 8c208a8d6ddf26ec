import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ada, signedUp } from "../support/cookie-browser.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { createWebApp } from "../support/web-app.ts";

const command = join(import.meta.dirname, "../../server/commands/token.ts");
let database: TestDatabase;

beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.close());

/** Runs the command like `npm run token -- …` on the database of the test. */
function run(...given: string[]) {
  const env = { ...process.env, DATABASE_URL: "", STORAGE_DIR: database.dir, LOG_LEVEL: "" };
  return spawnSync(process.execPath, [command, ...given], { env, encoding: "utf8" });
}

test("the token command prints a token of the user and nothing else", async () => {
  const { app, accounts } = createWebApp(database);
  await signedUp(app);
  const { stdout, stderr, status } = run("ADA@example.com");
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^hw_[\w-]{43}\n$/);
  expect(status).toBe(0);
  expect(await accounts.authenticateToken(stdout.trim())).toMatchObject({ email: ada.email });
});

test("the token command fails for an unknown email", () => {
  const { stdout, stderr, status } = run("eve@example.com");
  expect(stdout).toBe("");
  expect(stderr).toBe("No user has the email eve@example.com\n");
  expect(status).toBe(1);
});

test("the token command prints its usage without an email", () => {
  const { stderr, status } = run();
  expect(stderr).toBe("Usage: npm run token -- EMAIL\n");
  expect(status).toBe(1);
});
