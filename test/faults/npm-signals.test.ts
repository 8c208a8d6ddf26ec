import { createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../server/commands/scaled/free-port.ts";
import { environment } from "../support/application.ts";
import { backends } from "../support/backends.ts";
import {
  descendantsOf,
  isAlive,
  type Launched,
  launchCommand,
  signalTo,
  untilPrinted,
} from "../support/processes.ts";
import { openScene, type Scene } from "../support/scene/processes.ts";

const sqlite = backends.find(({ name }) => name === "sqlite")!;

/** Sends the signal to npm alone, as a process manager does, and waits until its family is gone. */
async function endFamily(npm: Launched, signal: NodeJS.Signals): Promise<void> {
  const family = [npm.pid, ...descendantsOf(npm.pid)];
  onTestFinished(() => {
    for (const pid of family.filter(isAlive)) signalTo(pid, "SIGKILL");
  });
  expect(family.length).toBeGreaterThan(1);
  npm.kill(signal);
  await expect.poll(() => family.filter(isAlive)).toEqual([]);
}

async function expectFree(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}

async function runScript(scene: Scene, script: string, ready: string, settings = {}) {
  const port = await freePort();
  const set = { LOG_LEVEL: "info", PORT: String(port), RUNNERS: "1", ...settings };
  const npm = launchCommand(["npm", "run", script], environment(scene.place, set));
  await untilPrinted(npm, ready);
  return { npm, port };
}

const signals = ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"] as const;

/** Starts a job of minutes. @returns its id once it has saved a checkpoint */
async function startLongJob(scene: Scene): Promise<string> {
  const id = await scene.start("copy_rows", { rows: 100_000, size: 1, pause: 5 });
  await scene.until(id, (row) => row.step_done > 0);
  return id;
}

const handedBack = { status: "queued", reason: "interrupted", rescues: 0 };

describe.each(signals)("%s to npm", (signal) => {
  test("npm start hands its job back, frees its port and leaves no process", async () => {
    const scene = await openScene(sqlite);
    const production = { NODE_ENV: "production" };
    const { npm, port } = await runScript(scene, "start", "worker ready", production);
    const id = await startLongJob(scene);
    await endFamily(npm, signal);
    await expectFree(port);
    expect(await scene.job(id)).toMatchObject(handedBack);
  });

  test("npm run worker hands its job back, npm run web frees its port, and neither leaves a process", async () => {
    const scene = await openScene(sqlite);
    const web = await runScript(scene, "web", "web ready");
    const worker = await runScript(scene, "worker", "worker ready");
    const id = await startLongJob(scene);
    await endFamily(worker.npm, signal);
    expect(await scene.job(id)).toMatchObject(handedBack);
    await endFamily(web.npm, signal);
    await expectFree(web.port);
  });
});

test.each(["SIGTERM", "SIGHUP"] as const)(
  "npm run dev leaves no process when npm gets %s",
  async (signal) => {
    const scene = await openScene(sqlite);
    const { npm, port } = await runScript(scene, "dev", "Headway runs at");
    await endFamily(npm, signal);
    await expectFree(port);
  },
);

test("npm run dev can be stopped after its application has failed to start", async () => {
  const scene = await openScene(sqlite);
  const settings = { JOBS_DIR: "/nowhere" };
  const { npm } = await runScript(scene, "dev", "Headway cannot start", settings);
  await endFamily(npm, "SIGTERM");
});
