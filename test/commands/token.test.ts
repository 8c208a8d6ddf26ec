import { afterEach, beforeEach, expect, test } from "vitest";
import { ada, signedUp } from "../support/cookie-browser.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { runCommandIn } from "../support/place-commands.ts";
import { createWebApp } from "../support/web-app.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.close());

const run = (...args: string[]) => runCommandIn(database.dir, "token", args);

test("the token command prints a token of the user and nothing else", async () => {
  const { app, accounts } = createWebApp(database);
  await signedUp(app);
  const { stdout, stderr, status } = run("ADA@example.com");
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^hw_[\w-]{43}\n$/);
  expect(status).toBe(0);
  expect(await accounts.authenticateToken(stdout.trim())).toMatchObject({ email: ada.email });
});

test("the token command limits what the token may do, and for how long", async () => {
  const { app, accounts } = createWebApp(database);
  await signedUp(app);
  const { stdout, status } = run(ada.email, "--scope", "read", "--days=30", "--name", "reports");
  expect(status).toBe(0);
  const person = (await accounts.authenticateToken(stdout.trim()))!;
  expect(person.scope).toBe("read");
  const [token] = await accounts.listTokens(person);
  expect(token).toMatchObject({ name: "reports", scope: "read" });
  expect(token!.expiresAt! - token!.createdAt).toBeGreaterThan(29 * 86_400_000);
  expect(token!.expiresAt! - token!.createdAt).toBeLessThanOrEqual(30 * 86_400_000);
  const events = await accounts.securityLog.list(person, 10);
  expect(events[0]).toMatchObject({ type: "token_created", details: { name: "reports" } });
});

test.each([
  [["--scope", "write"]],
  [["--days", "0"]],
  [["--days", "soon"]],
  [["--forever"]],
  [["eve@example.com"]],
])("the token command prints its usage for %j", (given) => {
  const { stdout, stderr, status } = run(ada.email, ...given);
  expect(stdout).toBe("");
  expect(stderr).toContain("Usage: npm run token -- EMAIL [--scope");
  expect(status).toBe(1);
});

test("the token command fails for an unknown email", () => {
  const { stdout, stderr, status } = run("eve@example.com");
  expect(stdout).toBe("");
  expect(stderr).toBe("No user has the email eve@example.com\n");
  expect(status).toBe(1);
});

test("the token command prints its usage without an email", () => {
  const { stderr, status } = run();
  expect(stderr).toContain("Usage: npm run token -- EMAIL ");
  expect(status).toBe(1);
});
