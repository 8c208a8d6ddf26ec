import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { startWeb } from "../support/application.ts";
import { backends } from "../support/backends.ts";
import { openScene } from "../support/scene/processes.ts";
import { signInOrUp } from "./page-client.ts";
import { startSilentProxy } from "./silent-proxy.ts";

const postgres = backends.find(({ name }) => name === "postgres")!;
/** The longest time until a dead listener is replaced, ms. */
const maxReconnectMs = 10_000;

test("streams lag at most three seconds while a web process replaces its listener", {
  timeout: 300_000,
}, async () => {
  const scene = await openScene(postgres);
  const proxy = await startSilentProxy(scene.url);
  const web = await startWeb(scene.place, { DATABASE_LISTEN_URL: proxy.url });
  onTestFinished(() => web.stop());
  await scene.worker({ RUNNERS: "1" });
  const client = await signInOrUp(web.url, {
    email: "ada@example.com",
    password: "a long password",
  });
  const { account_id } = await scene.backend.db
    .selectFrom("members")
    .select("account_id")
    .executeTakeFirstOrThrow();
  const id = await scene.start("copy_rows", { rows: 5_000, size: 1, pause: 10 }, account_id);
  await scene.until(id, (row) => row.step_done > 10);
  const frames = await follow(`${web.url}/live?topics=job:${id}`, client.cookie);

  for (const how of ["closed", "dead"] as const) {
    await sleep(3_000);
    const cutAt = performance.now();
    if (how === "dead") proxy.silence();
    else {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
          and (query ilike 'listen%' or query like '%pg_listening_channels%')`.execute(
        scene.backend.db,
      );
    }
    await sleep(maxReconnectMs + 3_000);
    const lags = lagsSince(frames, cutAt);
    expect(Math.max(...lags)).toBeLessThan(3_500);
    // Without signals a frame comes every two seconds, which shows that the listener was dead.
    if (how === "dead") expect(Math.max(...lags)).toBeGreaterThan(1_200);
    expect(Math.max(...lagsSince(frames, cutAt + maxReconnectMs))).toBeLessThan(1_200);
  }
});

/** Reads a stream until the test ends. @returns an array that grows by the time of each frame, ms */
async function follow(url: string, cookie: string): Promise<number[]> {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const response = await fetch(url, {
    headers: { cookie, accept: "text/event-stream" },
    signal: abort.signal,
  });
  const frames: number[] = [];
  const reading = (async () => {
    for await (const chunk of response.body!) {
      if (Buffer.from(chunk).includes("progress-")) frames.push(performance.now());
    }
  })();
  reading.catch(() => {});
  return frames;
}

/** The times between consecutive frames, ms. */
function lagsSince(frames: readonly number[], at: number): number[] {
  const since = [...frames.filter((time) => time > at), performance.now()];
  return since.slice(1).map((time, n) => time - since[n]!);
}
