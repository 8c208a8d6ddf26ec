import { expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../server/config.ts";
import { createLog } from "../../server/log.ts";
import { startWorkerChild } from "../../server/worker-child.ts";
import { testDatabase } from "../support/database.ts";
import { isAlive, signalTo } from "../support/processes.ts";

/** @param firstNode the program that the first attempt to start a worker runs */
async function startWorker(firstNode = process.execPath) {
  const { backend, dir, close } = await testDatabase();
  const before = { ...process.env };
  const node = process.execPath;
  onTestFinished(async () => {
    process.env = before;
    process.execPath = node;
    await close();
  });
  Object.assign(process.env, { STORAGE_DIR: dir, DATABASE_URL: "", LOG_LEVEL: "silent" });
  process.execPath = firstNode;
  const worker = startWorkerChild({
    backend,
    config: readConfig(),
    log: createLog("silent", "web"),
  });
  process.execPath = node;
  onTestFinished(() => worker.stop());
  const workers = () => backend.db.selectFrom("workers").select("pid").execute();
  await expect.poll(workers).toHaveLength(1);
  return { worker, pid: (await workers())[0]!.pid };
}

test("a worker that fails to start is started again without ending the web process", async () => {
  const { worker, pid } = await startWorker("/nowhere/node");
  expect(isAlive(pid)).toBe(true);
  await worker.stop();
  expect(isAlive(pid)).toBe(false);
});

test("a worker that is suspended is killed when the web process stops", async () => {
  const { worker, pid } = await startWorker();
  signalTo(pid, "SIGSTOP");
  await worker.stop();
  expect(isAlive(pid)).toBe(false);
});
