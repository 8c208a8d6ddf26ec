import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { freePort } from "../../server/commands/scaled/free-port.ts";
import { environment } from "../support/application.ts";
import { backends } from "../support/backends.ts";
import { launch, signalTo } from "../support/processes.ts";
import { openScene } from "../support/scene/processes.ts";

const entry = join(import.meta.dirname, "../../server/commands/health.ts");
const [, postgres] = backends;

test("the health command reports the health of the web process and the worker", {
  timeout: 300_000,
}, async () => {
  const scene = await openScene(postgres!);
  const unusedPort = String(await freePort());
  /** Runs the health command. @returns its exit code and its output */
  async function health(port = unusedPort): Promise<[number | null, string]> {
    const command = launch(entry, environment(scene.place, { PORT: port }));
    const { code } = await command.exited;
    return [code, command.output().trim()];
  }
  expect(await health()).toEqual([1, "no web process answers here, and no worker is registered"]);

  const worker = await scene.worker();
  expect(await health()).toEqual([0, "healthy"]);
  signalTo(worker.pid, "SIGSTOP");
  await sleep(11_000);
  expect(await health()).toEqual([
    1,
    expect.stringMatching(/^the last heartbeat of the worker was 1\d s ago$/),
  ]);
  signalTo(worker.pid, "SIGCONT");
  await expect.poll(() => health()).toEqual([0, "healthy"]);
  await worker.stop();

  const application = await scene.application();
  const { port } = new URL(application.url);
  expect(await health(port)).toEqual([0, "healthy"]);
  signalTo(application.pid, "SIGSTOP");
  // The worker sends heartbeats, but the web process does not answer.
  expect(await health(port)).toEqual([1, expect.stringContaining("does not answer")]);
  signalTo(application.pid, "SIGCONT");
});
