/** This version on a database that the next version migrates while jobs run. */
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { isTransientError } from "../../server/engine/transient-error.ts";
import { defineJob } from "../../server/job.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { createJob } from "../support/in-process.ts";
import { nextMigration, nextStatements } from "../support/next-version.ts";

const additions = [
  ...nextStatements,
  `insert into kysely_migration (name, timestamp) values ('${nextMigration}', '2030')`,
];

describe.each(backends)("a database on $name that a newer version migrates", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeAll(async () => {
    opened = await openTestBackend(which);
  });
  afterAll(() => opened.close());

  /** A kind that inserts a contact in each of its batches. */
  function kindOf(prefix: string, between: (batch: number) => Promise<void> = async () => {}) {
    return defineJob({
      ...{ title: "", description: "", input: z.object({}), steps: { Copying: 1 } },
      async run(job) {
        await job.step("Copying", () =>
          job.batches({
            async *from(copied: number = 0) {
              for (let next = copied; next < 6; next++) {
                await between(next);
                yield { items: [next], cursor: next + 1 };
              }
            },
            async write([number], write) {
              const row = [job.accountId, `${prefix}-${number}@example.com`, job.id, 1, 1];
              const written = await write.upsert("contacts", [row], {
                columns: ["account_id", "email", "job_id", "created_at", "updated_at"],
                key: ["account_id", "email"],
                update: [],
              });
              return { succeeded: written.inserted, skipped: written.skipped };
            },
          }),
        );
        return { message: "Copied" };
      },
    });
  }

  async function runKind(kind: ReturnType<typeof kindOf>) {
    const { backend, dir } = opened;
    const job = await createJob(backend, dir, kind);
    for (;;) {
      try {
        const row = await job.run();
        if (row.status !== "queued") return row;
        await sleep(Math.max(0, row.run_at - backend.now()) + 50);
      } catch (error) {
        // Workers, too, claim again after a claim that failed.
        if (!isTransientError(error)) throw error;
      }
    }
  }

  const exact = { status: "done", succeeded: 6, skipped: 0, retries: 0, rescues: 0 };

  test("running and later jobs of this version lose and repeat nothing", async () => {
    const { backend } = opened;
    // Sessions of Postgres prepare the statements that they have sent a few times.
    for (const prefix of ["a", "b", "c", "d", "e"]) {
      expect(await runKind(kindOf(prefix))).toMatchObject(exact);
    }
    const next = await opened.another();
    const during = kindOf("during", async (batch) => {
      if (batch !== 3) return;
      await next.db.transaction().execute(async (tx) => {
        for (const statement of additions) await sql.raw(statement).execute(tx);
      });
    });
    expect(await runKind(during)).toMatchObject(exact);
    await next.close();
    expect(await backend.migrate({ acceptNewer: true })).toEqual([nextMigration]);
    const rows = [];
    for (const prefix of ["f", "g", "h"]) rows.push(await runKind(kindOf(prefix)));
    for (const row of rows) expect(row).toMatchObject({ ...exact, next_value: null });
  });
});
