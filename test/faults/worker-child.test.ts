import { expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../server/config.ts";
import { createLog } from "../../server/log.ts";
import { startWorkerChild } from "../../server/worker-child.ts";
import { testDatabase } from "../support/database.ts";
import { isAlive } from "../support/processes.ts";

test("a worker that fails to start is started again without ending the web process", async () => {
  const { backend, dir, close } = await testDatabase();
  const before = { ...process.env };
  const node = process.execPath;
  onTestFinished(async () => {
    process.env = before;
    process.execPath = node;
    await close();
  });
  Object.assign(process.env, { STORAGE_DIR: dir, DATABASE_URL: "", LOG_LEVEL: "silent" });
  process.execPath = "/nowhere/node";
  const worker = startWorkerChild({
    backend,
    config: readConfig(),
    log: createLog("silent", "web"),
  });
  process.execPath = node;
  onTestFinished(() => worker.stop());
  const workers = () => backend.db.selectFrom("workers").select("pid").execute();
  await expect.poll(workers, { timeout: 40_000 }).toHaveLength(1);
  const [{ pid } = { pid: 0 }] = await workers();
  expect(isAlive(pid)).toBe(true);
  await worker.stop();
  expect(isAlive(pid)).toBe(false);
});
