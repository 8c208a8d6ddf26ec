import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { cancel } from "../../server/engine/cancel.ts";
import { jobsDirs } from "../support/application.ts";
import { backends } from "../support/backends.ts";
import { childrenOf, signalTo } from "../support/processes.ts";
import { openScene } from "../support/scene/processes.ts";

const jobs = 8;

describe.each(backends)("the jobs of a crashed runner on $name", (which) => {
  test("all jobs of a killed runner go on in runners of their own, and none fails", async () => {
    const scene = await openScene(which, { maxRunning: jobs });
    const worker = await scene.worker({ RUNNERS: "1" });
    const ids: string[] = [];
    for (let n = 0; n < jobs; n++) ids.push(await scene.start("sleep", { ms: 10_000 }));
    for (const id of ids) await scene.until(id, (row) => row.current_step !== null);
    const [shared] = childrenOf(worker.pid);
    signalTo(shared!, "SIGKILL");
    await scene.until(ids.at(-1)!, (row) => row.fence > 1);
    await cancel(scene, ids.at(-1)!, "person-1");
    let most = 0;
    for (const id of ids.slice(0, -1)) {
      const job = await scene.until(id, ({ status }) => {
        most = Math.max(most, childrenOf(worker.pid).length);
        return status === "done";
      });
      expect(job.retries).toBe(0);
      const rescued = (await scene.events(id)).filter(({ type }) => type === "rescued");
      const crashes = rescued.map(({ details }) => JSON.parse(details!).rescue as number);
      expect(Math.max(...crashes)).toBe(1);
    }
    // More than the one that they would share.
    expect(most).toBeGreaterThan(2);
    expect((await scene.ended(ids.at(-1)!)).status).toBe("cancelled");
  });

  test("runners that crash before they run anything count against no job", async () => {
    const scene = await openScene(which);
    const dir = await mkdtemp(join(tmpdir(), "headway-broken-kind-"));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const broken = join(dir, "broken");
    // Like a deploy whose code works in the worker but not in its runners.
    await writeFile(
      join(dir, "broken_deploy.ts"),
      `import { existsSync } from "node:fs";
      if (process.argv[1]?.endsWith("runner.ts") && existsSync(${JSON.stringify(broken)})) process.exit(1);
      export { default } from ${JSON.stringify(join(jobsDirs[1]!, "sleep.ts"))};\n`,
    );
    await writeFile(broken, "");
    await scene.worker({ RUNNERS: "1", JOBS_DIR: [...jobsDirs, dir].join(delimiter) });
    const id = await scene.start("sleep", { ms: 1 });
    await scene.until(id, (row) => row.fence > 5);
    expect((await scene.job(id)).rescues).toBe(0);
    await rm(broken);
    expect(await scene.ended(id)).toMatchObject({ status: "done", rescues: 0, retries: 0 });
  });
});
