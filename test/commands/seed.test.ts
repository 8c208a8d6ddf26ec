import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createAccounts } from "../../server/accounts/accounts.ts";
import { demoAccount } from "../../server/accounts/demo-account.ts";
import type { Backend } from "../../server/backend/backend.ts";
import { readCatalog } from "../../server/catalog.ts";
import { seed } from "../../server/commands/seed.ts";
import { readConfig } from "../../server/config.ts";
import { createLog } from "../../server/log.ts";
import { testDatabase } from "../support/database.ts";

const catalog = await readCatalog([join(import.meta.dirname, "../../jobs")]);
const log = createLog("silent", "web");

async function open() {
  const { backend, dir, close } = await testDatabase();
  onTestFinished(close);
  const config = readConfig({ STORAGE_DIR: dir });
  return {
    backend,
    config,
    seedWith: (used: Backend) => seed({ backend: used, catalog, config, log }),
  };
}

/** The seeded rows without ids and times. */
async function shown({ db }: Backend) {
  const jobs = await db.selectFrom("jobs").select(["kind", "status", "input"]).execute();
  const { contacts } = await db
    .selectFrom("contacts")
    .select(({ fn }) => fn.countAll<number>().as("contacts"))
    .executeTakeFirstOrThrow();
  const accounts = await db.selectFrom("accounts").select(["name", "contact_count"]).execute();
  return { jobs: jobs.map((job) => JSON.stringify(job)).sort(), contacts, accounts };
}

/** A backend whose n-th transaction and all later ones fail, as in a killed process. */
function killedAt(backend: Backend, writes: number): Backend {
  let remaining = writes;
  return {
    ...backend,
    write: (work, options) => {
      if (--remaining <= 0) throw new Error("killed");
      return backend.write(work, options);
    },
  };
}

test("an interrupted seed is completed by the next start without duplicates", async () => {
  const { backend: whole, seedWith } = await open();
  let writes = 0;
  const counting: Backend = {
    ...whole,
    write: (work, options) => {
      writes++;
      return whole.write(work, options);
    },
  };
  await seedWith(counting);
  const expected = await shown(whole);
  expect(expected.jobs).toHaveLength(6);
  expect(expected.contacts).toBe(72);
  for (let at = 1; at <= writes; at++) {
    const { backend, seedWith } = await open();
    await expect(seedWith(killedAt(backend, at))).rejects.toThrow("killed");
    await seedWith(backend);
    expect(await shown(backend)).toEqual(expected);
    await seedWith(backend);
    expect(await shown(backend)).toEqual(expected);
  }
});

test("a seed that was killed right after the sign-up is completed by the next start", async () => {
  const { backend, config, seedWith } = await open();
  const accounts = createAccounts({ backend, config, log });
  await accounts.signUp(demoAccount, { address: "", userAgent: "" });
  await seedWith(backend);
  expect((await shown(backend)).jobs).toHaveLength(6);
});

test("the seed leaves an account in use unchanged", async () => {
  const { backend, seedWith } = await open();
  await seedWith(backend);
  await backend.db.deleteFrom("jobs").where("status", "in", ["done", "failed"]).execute();
  const before = await shown(backend);
  await seedWith(backend);
  expect(await shown(backend)).toEqual(before);
});
