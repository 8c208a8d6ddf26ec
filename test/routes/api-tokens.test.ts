import { afterEach, beforeEach, expect, test } from "vitest";
import { maxTokensPerUser } from "../../server/accounts/api-tokens.ts";
import { ada, type Browser, signedUp } from "../support/cookie-browser.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { createWebApp, type WebApp } from "../support/web-app.ts";

const dayMs = 86_400_000;
const form = { name: "laptop", scope: "start", days: "30", password: ada.password };

let database: TestDatabase;
let site: WebApp;
let browser: Browser;

beforeEach(async () => {
  database = await testDatabase();
  site = createWebApp(database);
  browser = await signedUp(site.app);
});
afterEach(() => database.close());

const create = (fields: Record<string, string> = {}) =>
  browser.submit("/settings/tokens", "/settings/tokens", { ...form, ...fields });
const tokenIn = (page: string) => /hw_[\w-]{43}/.exec(page)?.[0];
const revokeHrefs = (page: string) =>
  [...page.matchAll(/action="(\/settings\/tokens\/[^"]+\/revoke)"/g)].map(([, href]) => href!);

test("a new token is shown once, authenticates and can be revoked", async () => {
  const answer = await create();
  expect(answer.headers.get("location")).toBe("/settings/tokens");
  const token = tokenIn(await browser.text("/settings/tokens"))!;
  expect(await site.accounts.authenticateToken(token)).toMatchObject({
    email: ada.email,
    scope: "start",
  });
  const again = await browser.text("/settings/tokens");
  expect(again).not.toContain(token);
  expect(again).toContain("laptop");
  expect(again).toContain("Read, start jobs and upload files");
  await browser.submit("/settings/tokens", revokeHrefs(again)[0]!);
  expect(await site.accounts.authenticateToken(token)).toBeNull();
  expect((await browser.submit("/settings/tokens", revokeHrefs(again)[0]!)).status).toBe(404);
});

test("a token ends after the chosen days, and its row says so", async () => {
  await create();
  const token = tokenIn(await browser.text("/settings/tokens"))!;
  const { db } = database.backend;
  const row = await db.selectFrom("api_tokens").selectAll().executeTakeFirstOrThrow();
  expect(row.expires_at! - row.created_at).toBeGreaterThan(30 * dayMs - 60_000);
  expect(row.expires_at! - row.created_at).toBeLessThanOrEqual(30 * dayMs);
  expect(await site.accounts.authenticateToken(token)).not.toBeNull();
  await db
    .updateTable("api_tokens")
    .set({ expires_at: Date.now() - 1 })
    .execute();
  expect(await site.accounts.authenticateToken(token)).toBeNull();
  expect(await browser.text("/settings/tokens")).toContain(`<span class="badge">expired</span>`);
});

test.each([
  ["30", true],
  ["365", true],
  ["", false],
  ["9000", true],
])("the lifetime %j makes a token that ends: %s", async (days, ends) => {
  await create({ days });
  const { expires_at } = await database.backend.db
    .selectFrom("api_tokens")
    .select("expires_at")
    .executeTakeFirstOrThrow();
  expect(expires_at !== null).toBe(ends);
});

test.each([
  [{ name: "" }, "Enter a name"],
  [{ name: "   " }, "Enter a name"],
  [{ name: "x".repeat(81) }, "Use at most 80 characters"],
  [{ password: "" }, "Wrong password"],
  [{ password: "not her password" }, "Wrong password"],
])("the form %j is refused, and what was chosen stays", async (fields, message) => {
  const answer = await create(fields);
  expect(answer.status).toBe(422);
  const page = await answer.text();
  expect(page).toContain(message);
  expect(page).toContain(`<option value="start" selected>`);
  expect(page).toContain(`<option value="30" selected>`);
  expect(page).not.toContain("not her password");
  const [user] = await database.backend.db.selectFrom("members").select("user_id").execute();
  expect(await site.accounts.listTokens({ userId: user!.user_id } as never)).toEqual([]);
});

test("a person has at most 50 tokens, also if they ask for two at once", async () => {
  const { userId } = (await site.accounts.findUser(ada.email).then((user) => ({
    userId: user!.id,
  })))!;
  for (let made = 1; made < maxTokensPerUser; made++)
    await site.accounts.createToken(userId, `number ${made}`);
  const results = await Promise.allSettled(
    ["one", "two"].map((name) => site.accounts.createToken(userId, name)),
  );
  expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const page = await browser.text("/settings/tokens");
  expect(page).toContain("You have 50 tokens, the maximum.");
  expect(page).not.toContain(`id="make-token"`);
  expect((await create()).status).toBe(422);
});

test("tokens of other people are not found", async () => {
  await create();
  const [href] = revokeHrefs(await browser.text("/settings/tokens"));
  const eve = await signedUp(site.app, { ...ada, email: "eve@example.com" });
  expect((await eve.submit("/settings/tokens", href!)).status).toBe(404);
  expect(revokeHrefs(await browser.text("/settings/tokens"))).toEqual([href]);
});
