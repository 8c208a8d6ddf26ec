import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hasDemoAccount } from "../../server/accounts/demo-account.ts";
import { scaledEnvironment } from "../../server/commands/scaled/environment.ts";
import { readConfig } from "../../server/config.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headway-scaled-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** @returns whether the web processes of a scaled demo with these settings have the demo account */
function offersDemoAccount(settings: Record<string, string>): boolean {
  const given = { STORAGE_DIR: folder, ...settings };
  const environment = scaledEnvironment(readConfig(given), folder, 5432);
  return hasDemoAccount(readConfig({ ...given, ...environment }));
}

test("the scaled demo has the demo account while its proxy listens on this machine alone", () => {
  expect(offersDemoAccount({})).toBe(true);
  expect(offersDemoAccount({ HOST: "localhost", NODE_ENV: "development" })).toBe(true);
});

test.each<Record<string, string>>([
  { HOST: "0.0.0.0" },
  { HOST: "::" },
  { HOST: "192.0.2.7" },
  { PUBLIC_URL: "https://headway.example" },
  { NODE_ENV: "production" },
])("the scaled demo has no demo account with %j", (settings) => {
  expect(offersDemoAccount(settings)).toBe(false);
});
