import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { BadSetting } from "../server/bad-setting.ts";
import { readConfig } from "../server/config.ts";

function storage(): string {
  const folder = mkdtempSync(join(tmpdir(), "headway-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("the secret is made once and kept", () => {
  const folder = storage();
  const { secret } = readConfig({ STORAGE_DIR: folder });
  expect(secret.length).toBeGreaterThanOrEqual(32);
  expect(readConfig({ STORAGE_DIR: folder }).secret).toBe(secret);
  expect(readFileSync(join(folder, "secret"), "utf8")).toBe(secret);
  expect(readdirSync(folder).sort()).toEqual([".writable", "secret"]);
});

test.each(["", "half of a sec"])(
  "a kept secret of which only %j is there signs nothing",
  (kept) => {
    const folder = storage();
    writeFileSync(join(folder, "secret"), kept);
    expect(() => readConfig({ STORAGE_DIR: folder })).toThrow(BadSetting);
    const given = "given-by-the-person-who-runs-it-all";
    expect(readConfig({ STORAGE_DIR: folder, SECRET: given }).secret).toBe(given);
  },
);
