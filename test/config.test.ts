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

test("limits have generous defaults, and 0 stands for none", () => {
  const { limits, maxSignUpsPerHour } = readConfig({ STORAGE_DIR: storage() });
  expect(maxSignUpsPerHour).toBe(20);
  expect(limits).toEqual({
    maxStartsPerMinute: 600,
    maxQueuedJobs: 10_000,
    maxSchedules: 100,
    maxStoredBytes: 10_000_000_000,
    maxParallelUploads: 20,
    maxUnfinishedUploads: 100,
    maxStreams: 200,
  });
  const set = readConfig({ STORAGE_DIR: storage(), STORAGE_LIMIT_GB: "0", STREAMS_LIMIT: "7" });
  expect(set.limits).toMatchObject({ maxStoredBytes: Number.POSITIVE_INFINITY, maxStreams: 7 });
  const wrong = { STORAGE_DIR: storage(), STARTS_LIMIT: "-1" };
  expect(() => readConfig(wrong)).toThrow("STARTS_LIMIT must be a whole number from 0");
});

test("metrics are served on this machine alone unless a setting says otherwise", () => {
  const settings = { STORAGE_DIR: storage(), HOST: "0.0.0.0", METRICS_PORT: "9090" };
  expect(readConfig(settings).metricsHost).toBe("127.0.0.1");
  expect(readConfig({ ...settings, METRICS_HOST: "0.0.0.0" }).metricsHost).toBe("0.0.0.0");
});
