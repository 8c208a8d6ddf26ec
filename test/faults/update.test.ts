import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { demoAccount } from "../../server/accounts/demo-account.ts";
import { start } from "../../server/engine/start/start.ts";
import { environment } from "../support/application.ts";
import { backends } from "../support/backends.ts";
import { makeNextVersion, nextMigration } from "../support/next-version.ts";
import { type Launched, launch, untilPrinted } from "../support/processes.ts";
import { openScene } from "../support/scene/processes.ts";
import { signInOrUp } from "./page-client.ts";
import { waitForCheckpoint } from "./takeover.ts";

describe.each(backends)("an update on $name", (which) => {
  test("this version goes on beside the next one, which migrates the database while jobs run", async () => {
    const next = makeNextVersion();
    const scene = await openScene(which);
    const application = await scene.application({ NODE_ENV: "", RUNNERS: "1" });
    const person = await signInOrUp(application.url, demoAccount);
    const rows = 400;
    const { account_id: accountId, user_id: userId } = await scene.backend.db
      .selectFrom("members")
      .selectAll()
      .executeTakeFirstOrThrow();
    const copy = async (prefix: string, count = rows) => {
      const request = { kind: "copy_rows", input: { rows: count, prefix }, accountId, userId };
      return (await start(scene.backend, scene.catalog, request)).job.id;
    };
    // Sessions on Postgres prepare the statements that they have sent a few times.
    const before = await Promise.all(["a", "b", "c", "d", "e"].map((prefix) => copy(prefix, 10)));
    await Promise.all(before.map((id) => scene.ended(id)));
    const during = await copy("during");
    await waitForCheckpoint(scene, during);

    async function startNext(): Promise<Launched> {
      const { worker, jobsDir } = next;
      const launched = launch(
        worker,
        environment(scene.place, { JOBS_DIR: jobsDir, RUNNERS: "1" }),
      );
      onTestFinished(() => launched.stop());
      await untilPrinted(launched, "worker ready");
      return launched;
    }

    const newer = await startNext();
    await sql`select next_value from jobs`.execute(scene.backend.db);
    expect(await scene.ended(during)).toMatchObject({ status: "done" });
    // From here on this version is alone with the new tables.
    await newer.stop();
    const after = await Promise.all(["f", "g", "h", "i", "j"].map((prefix) => copy(prefix, 50)));
    const all = [...before, during, ...after];
    for (const id of all) {
      const { status, succeeded, skipped, retries, rescues } = await scene.ended(id);
      const count = id === during ? rows : before.includes(id) ? 10 : 50;
      expect({ status, succeeded, skipped, retries, rescues }).toEqual({
        ...{ status: "done", succeeded: count, skipped: 0, retries: 0, rescues: 0 },
      });
    }

    // An event of a type that only the next version has.
    await scene.backend.write(async ({ db }) => {
      const { event_seq: seq } = await db
        .updateTable("jobs")
        .set({ event_seq: sql`event_seq + 1` })
        .where("id", "=", during)
        .returning("event_seq")
        .executeTakeFirstOrThrow();
      const event = { job_id: during, seq, type: "from_next" as "created", created_at: 1 };
      await db
        .insertInto("job_events")
        .values({ ...event, details: null })
        .execute();
    });
    for (const path of ["/jobs", `/jobs/${during}`, `/jobs/${during}/log`, "/contacts"]) {
      const page = await person.get(path);
      expect([path, page.status]).toEqual([path, 200]);
      expect(await page.text()).not.toMatch(/undefined|null/);
    }

    // A process of this version that starts now says what it has found.
    const again = await scene.worker({ RUNNERS: "1" });
    await untilPrinted(again, `a newer version has updated the database (${nextMigration})`);
    await again.stop();

    // A kind that only the next version has waits for one of its workers.
    const kinds = new Map([["copy_more_rows", scene.catalog.get("copy_rows")!]]);
    const request = {
      kind: "copy_more_rows",
      input: { rows: 10, prefix: "more" },
      accountId,
      userId,
    };
    const { job } = await start(scene.backend, kinds, request);
    await scene.until(job.id, (row) => row.status === "queued" && row.reason === "unknown_kind");
    await startNext();
    expect(await scene.ended(job.id)).toMatchObject({ status: "done", succeeded: 10, retries: 0 });
  });
});
