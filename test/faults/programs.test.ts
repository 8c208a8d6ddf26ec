import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cancel } from "../../server/engine/cancel.ts";
import { pause } from "../../server/engine/pause.ts";
import { backends } from "../support/backends.ts";
import { descendantsOf, isAlive, type Launched, signalTo } from "../support/processes.ts";
import { openScene, type Scene } from "../support/scene/processes.ts";

/** A shell with a child in the background that ignores SIGTERM, and two that sleep. */
const script = `(trap '' TERM; sleep 600; true) & sleep 600 & echo $$; sleep 600; true`;

/** Starts the script as a job. @returns the ids of its processes */
async function startProgram(scene: Scene) {
  const id = await scene.start("program", { script });
  const readLog = () =>
    scene.backend.db
      .selectFrom("job_logs")
      .select("message")
      .where("job_id", "=", id)
      .orderBy("seq")
      .execute();
  await expect.poll(async () => (await readLog()).length).toBeGreaterThan(0);
  const shell = Number((await readLog()).at(-1)!.message);
  await expect.poll(() => descendantsOf(shell)).toHaveLength(4);
  return { id, pids: [shell, ...descendantsOf(shell)] };
}

/** The runner that executes the only job, found as the ancestor of its program. */
function runnerOf(worker: Launched, pid: number): number {
  const runner = descendantsOf(worker.pid).find((each) => descendantsOf(each).includes(pid));
  if (!runner) throw new Error(`No runner has started ${pid}`);
  return runner;
}

const expectGone = (pids: number[]) => expect.poll(() => pids.filter(isAlive)).toEqual([]);

describe.each(backends)("programs of jobs on $name", (which) => {
  test("all processes of a program end with its runner, its worker, and a request to stop", {
    timeout: 300_000,
  }, async () => {
    const scene = await openScene(which);
    const folders = join(scene.place.storageDir, ".runs");
    const worker = await scene.worker({ RUNNERS: "1", LOG_LEVEL: "info" });

    const killed = await startProgram(scene);
    signalTo(runnerOf(worker, killed.pids[0]!), "SIGKILL");
    await expectGone(killed.pids);
    // The next run begins with an empty folder and the same program.
    await scene.until(killed.id, ({ fence, status }) => fence === 2 && status === "running");
    await expect.poll(() => readdirSync(folders)).toEqual([`${killed.id}.2`]);
    await cancel(scene, killed.id, "person-1");
    expect(await scene.ended(killed.id)).toMatchObject({
      ...{ status: "cancelled", reason: "while_running", rescues: 1 },
    });
    await expect.poll(() => readdirSync(folders)).toEqual([]);

    const paused = await startProgram(scene);
    await pause(scene, paused.id, "person-1");
    await scene.until(paused.id, ({ status }) => status === "paused");
    await expectGone(paused.pids);

    const orphaned = await startProgram(scene);
    worker.kill("SIGKILL");
    await expectGone(orphaned.pids);
    expect(existsSync(join(folders, `${orphaned.id}.1`))).toBe(true);
  });

  test("a shutdown ends the programs, and their jobs go on in the next worker", async () => {
    const scene = await openScene(which);
    const worker = await scene.worker({ RUNNERS: "1" });
    const { id, pids } = await startProgram(scene);
    await worker.stop();
    await expectGone(pids);
    expect(await scene.job(id)).toMatchObject({ status: "queued", reason: "interrupted" });
  });
});
