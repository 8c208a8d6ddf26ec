import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { sharedSecret } from "../../server/accounts/shared-secret.ts";
import { readConfig } from "../../server/config.ts";
import { createLog } from "../../server/log.ts";
import { backends, openTestBackend } from "../support/backends.ts";

/** The configuration of a machine with an own storage folder. */
function machine(SECRET = "") {
  const STORAGE_DIR = mkdtempSync(join(tmpdir(), "headway-secret-"));
  onTestFinished(() => rmSync(STORAGE_DIR, { recursive: true }));
  return readConfig({ STORAGE_DIR, SECRET });
}

const configured = "given-by-the-person-who-runs-it-all";
const another = "given-by-somebody-else-who-runs-it";
const postgres = backends.find(({ name }) => name === "postgres")!;
const sqlite = backends.find(({ name }) => name === "sqlite")!;

describe("shared secrets on Postgres", () => {
  let db: Awaited<ReturnType<typeof openTestBackend>>;
  const warnings: string[] = [];
  const log = { warn: (message: string) => warnings.push(message) };
  const secretOf = (config: ReturnType<typeof machine>) =>
    sharedSecret({ backend: db.backend, config, log });

  beforeAll(async () => {
    db = await openTestBackend(postgres);
  });
  beforeEach(async () => {
    warnings.length = 0;
    await db.backend.db.deleteFrom("secrets").execute();
  });
  afterAll(() => db.close());

  test("machines that start at the same time agree on one generated secret", async () => {
    const machines = Array.from({ length: 10 }, () => machine());
    expect(new Set(machines.map(({ secret }) => secret)).size).toBe(10);
    const secrets = await Promise.all(machines.map(secretOf));
    expect(new Set(secrets).size).toBe(1);
    expect(machines.map(({ secret }) => secret)).toContain(secrets[0]);
    expect(await secretOf(machine())).toBe(secrets[0]);
  });

  test("a secret from the settings is used and not stored in the database", async () => {
    const made = await secretOf(machine());
    expect(await secretOf(machine(configured))).toBe(configured);
    expect(await secretOf(machine(configured))).toBe(configured);
    const rows = await db.backend.db.selectFrom("secrets").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(configured);
    expect(made).not.toBe(configured);
    expect(warnings).toEqual([]);
  });

  test("a process without the SECRET of the others does not start", async () => {
    await secretOf(machine(configured));
    await expect(secretOf(machine())).rejects.toThrow(
      "SECRET is set for other processes of this database; set it here too",
    );
  });

  test("a changed SECRET is used and logged as a warning", async () => {
    await secretOf(machine(configured));
    expect(await secretOf(machine(another))).toBe(another);
    expect(warnings).toEqual([expect.stringMatching(/^SECRET has changed/)]);
    await secretOf(machine(another));
    expect(warnings).toHaveLength(1);
  });
});

test("the secret stays in the storage folder on SQLite", async () => {
  const db = await openTestBackend(sqlite);
  onTestFinished(() => db.close());
  const config = machine();
  const log = createLog("silent", "web");
  expect(await sharedSecret({ backend: db.backend, config, log })).toBe(config.secret);
  expect(await db.backend.db.selectFrom("secrets").selectAll().execute()).toEqual([]);
});
