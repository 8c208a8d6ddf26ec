import { describe, expect, test } from "vitest";
import { withBusy } from "../../server/jobs/busy.ts";
import { addAccount, backends, openTestBackend } from "../support/backends.ts";
import { insertJob } from "../support/job-row.ts";

describe.each(backends)("jobs that wait for others of their account on $name", (which) => {
  test("tell how many run, where no more may", async ({ onTestFinished }) => {
    const { backend, close } = await openTestBackend(which);
    onTestFinished(close);
    await addAccount(backend, "account-2");
    await backend.db
      .updateTable("accounts")
      .set({ running: 5, max_running: 5 })
      .where("id", "=", "account-1")
      .execute();
    const jobs = [
      await insertJob(backend, { status: "pending" }),
      await insertJob(backend, { status: "running" }),
      await insertJob(backend, { status: "pending", account_id: "account-2" }),
    ];
    expect((await withBusy(backend.db, jobs)).map(({ busy }) => busy)).toEqual([
      5,
      undefined,
      undefined,
    ]);
    await backend.db.updateTable("accounts").set({ running: 4 }).execute();
    expect((await withBusy(backend.db, jobs)).map(({ busy }) => busy)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
