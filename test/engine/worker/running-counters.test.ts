import { expect, test } from "vitest";
import type { Backend } from "../../../server/backend/backend.ts";
import { repairRunningCounters } from "../../../server/engine/worker/running-counters.ts";
import { addAccount, backends, openTestBackend } from "../../support/backends.ts";
import { insertJob, runningJob } from "../../support/job-row.ts";

test.each(backends)("repairRunningCounters corrects wrong counters on $name", async (which) => {
  const { backend, close } = await openTestBackend(which);
  for (const id of ["account-2", "account-3"]) await addAccount(backend, id);
  await insertJob(backend, runningJob());
  await insertJob(backend, runningJob({ account_id: "account-3" }));
  await insertJob(backend, runningJob({ account_id: "account-3" }));
  await set(backend, "account-1", 4);
  await set(backend, "account-2", 3);
  await set(backend, "account-3", 2);
  await repairRunningCounters(backend);
  const accounts = backend.db.selectFrom("accounts").select("running_jobs").orderBy("id");
  expect((await accounts.execute()).map(({ running_jobs }) => running_jobs)).toEqual([1, 0, 2]);
  await close();
});

async function set({ db }: Backend, id: string, running: number): Promise<void> {
  await db.updateTable("accounts").set({ running_jobs: running }).where("id", "=", id).execute();
}
