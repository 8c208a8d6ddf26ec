import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readConfig } from "../server/config.ts";
import { ConfigError } from "../server/config-error.ts";

function storage(): string {
  const folder = mkdtempSync(join(tmpdir(), "headway-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("the secret is created once and read from its file afterwards", () => {
  const folder = storage();
  const { secret } = readConfig({ STORAGE_DIR: folder });
  expect(secret.length).toBeGreaterThanOrEqual(32);
  expect(readConfig({ STORAGE_DIR: folder }).secret).toBe(secret);
  expect(readFileSync(join(folder, "secret"), "utf8")).toBe(secret);
  expect(readdirSync(folder).sort()).toEqual([".writable", "secret"]);
});

test.each(["", "half of a sec"])(
  "a secret file truncated to %j is a configuration error",
  (content) => {
    const folder = storage();
    writeFileSync(join(folder, "secret"), content);
    expect(() => readConfig({ STORAGE_DIR: folder })).toThrow(ConfigError);
    const secret = "given-by-the-person-who-runs-it-all";
    expect(readConfig({ STORAGE_DIR: folder, SECRET: secret }).secret).toBe(secret);
  },
);
