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

/** What the demo shows, without what differs from time to time. */
async function shown({ db }: Backend) {
  const jobs = await db.selectFrom("jobs").select(["kind", "status", "input"]).execute();
  const { contacts } = await db
    .selectFrom("contacts")
    .select(({ fn }) => fn.countAll<number>().as("contacts"))
    .executeTakeFirstOrThrow();
  const accounts = await db.selectFrom("accounts").select(["name", "contact_count"]).execute();
  return { jobs: jobs.map((job) => JSON.stringify(job)).sort(), contacts, accounts };
}

/** The n-th transaction and all behind it do not come to be, as in a process that was killed. */
function killedAt(backend: Backend, writes: number): Backend {
  let left = writes;
  return {
    ...backend,
    write: (work, options) => {
      if (--left <= 0) throw new Error("killed");
      return backend.write(work, options);
    },
  };
}

test("a demo that was cut off anywhere is whole after the next start, and only once", async () => {
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
  const wanted = await shown(whole);
  expect(wanted.jobs).toHaveLength(6);
  expect(wanted.contacts).toBe(72);
  for (let at = 1; at <= writes; at++) {
    const { backend, seedWith } = await open();
    await expect(seedWith(killedAt(backend, at))).rejects.toThrow("killed");
    await seedWith(backend);
    expect(await shown(backend)).toEqual(wanted);
    await seedWith(backend);
    expect(await shown(backend)).toEqual(wanted);
  }
});

test("one whose process was killed right behind the sign-up is seeded all the same", async () => {
  const { backend, config, seedWith } = await open();
  const accounts = createAccounts({ backend, config, log });
  await accounts.signUp(demoAccount, { address: "", userAgent: "" });
  await seedWith(backend);
  expect((await shown(backend)).jobs).toHaveLength(6);
});

test("what people did since is left alone", async () => {
  const { backend, seedWith } = await open();
  await seedWith(backend);
  await backend.db.deleteFrom("jobs").where("status", "in", ["done", "failed"]).execute();
  const kept = await shown(backend);
  await seedWith(backend);
  expect(await shown(backend)).toEqual(kept);
});
