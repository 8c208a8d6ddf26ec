import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { createWebApp } from "../support/web-app.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const path = "/.well-known/security.txt";

test("security.txt names the contact of the settings to anybody, for less than a year", async () => {
  const settings = {
    SECURITY_CONTACT: "mailto:security@headway.example",
    PUBLIC_URL: "https://headway.example",
  };
  const answer = await createWebApp(database, { settings }).app.request(path);
  expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
  const lines = (await answer.text()).split("\n");
  expect(lines).toContain("Contact: mailto:security@headway.example");
  expect(lines).toContain(`Canonical: https://headway.example${path}`);
  const [, expires = ""] = /^Expires: (.+)$/.exec(lines[1]!) ?? [];
  const ahead = Date.parse(expires) - Date.now();
  expect(ahead).toBeGreaterThan(0);
  expect(ahead).toBeLessThan(365 * 86_400_000);
});

test("there is no security.txt without a contact", async () => {
  expect((await createWebApp(database).app.request(path)).status).toBe(303);
});

test("a contact that is no address of a person is a configuration error", () => {
  const settings = { SECURITY_CONTACT: "javascript:alert(1)" };
  expect(() => createWebApp(database, { settings })).toThrow("SECURITY_CONTACT must be an address");
});
