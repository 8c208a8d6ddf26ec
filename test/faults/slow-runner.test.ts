import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { createRunnerPool, type TaskExit } from "../../server/engine/worker/runner-pool.ts";
import { createRunnerStartTimeout } from "../../server/engine/worker/runner-start-timeout.ts";
import { createLog } from "../../server/log.ts";
import { noopCatalog } from "../sample-kinds/noop-catalog.ts";
import { testDatabase } from "../support/database.ts";
import { jobRow } from "../support/job-row.ts";

/** No machine starts a runner so fast. */
const tooShortMs = 20;

test("a runner that starts slower than its limit gets more time until it takes jobs", async () => {
  const { dir, close } = await testDatabase();
  const before = { ...process.env };
  Object.assign(process.env, { STORAGE_DIR: dir, DATABASE_URL: "", LOG_LEVEL: "silent" });
  const pool = createRunnerPool({
    shared: 1,
    catalog: noopCatalog,
    log: createLog("silent", "worker"),
    recordMetric: () => {},
    startTimeout: createRunnerStartTimeout({ minMs: tooShortMs }),
  });
  const pings = setInterval(() => pool.pingAll(), 10);
  onTestFinished(async () => {
    clearInterval(pings);
    await pool.close();
    process.env = before;
    await close();
  });
  // The row is in no database: the runner ends the task without a job.
  const exits: TaskExit[] = [];
  for (let isEnded = false; !isEnded; await sleep(20)) {
    const exit = await pool.run(jobRow(), "discard");
    exits.push(exit);
    isEnded = exit.how === "ended";
  }
  expect(exits[0]).toEqual({ how: "crashed", alone: false, hasBegun: false });
  expect(exits.length).toBeGreaterThan(2);
});
