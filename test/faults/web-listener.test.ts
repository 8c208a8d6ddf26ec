import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { startWeb } from "../support/application.ts";
import { backends } from "../support/backends.ts";
import { openLine } from "./line.ts";
import { openScene } from "./scene.ts";
import { visit } from "./visitor.ts";

const postgres = backends.find(({ name }) => name === "postgres")!;
/** Within this a dead listener is found and another one listens. */
const mendedMs = 10_000;

test("the listener of a web is cut off: its streams lag three seconds at most, and are quick again", {
  timeout: 120_000,
}, async () => {
  const scene = await openScene(postgres);
  const line = await openLine(scene.url);
  const web = await startWeb(scene.place, { DATABASE_LISTEN_URL: line.url });
  onTestFinished(() => web.stop());
  await scene.worker({ RUNNERS: "1" });
  const visitor = await visit(web.url, { email: "ada@example.com", password: "a long password" });
  const { account_id } = await scene.backend.db
    .selectFrom("members")
    .select("account_id")
    .executeTakeFirstOrThrow();
  const id = await scene.start("copy_rows", { rows: 5_000, size: 1, pause: 10 }, account_id);
  await scene.until(id, (row) => row.step_done > 10);
  const frames = await follow(`${web.url}/live?topics=job:${id}`, visitor.cookie);

  for (const how of ["loudly", "silently"] as const) {
    await sleep(3_000);
    const cutAt = performance.now();
    if (how === "silently") line.silence();
    else {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
          and (query ilike 'listen%' or query like '%pg_listening_channels%')`.execute(
        scene.backend.db,
      );
    }
    await sleep(mendedMs + 3_000);
    const lags = lagsSince(frames, cutAt);
    expect(Math.max(...lags)).toBeLessThan(3_500);
    // Without signals there is a frame each two seconds: so the cut was felt.
    if (how === "silently") expect(Math.max(...lags)).toBeGreaterThan(1_200);
    expect(Math.max(...lagsSince(frames, cutAt + mendedMs))).toBeLessThan(1_200);
  }
});

/** @returns when each frame came, ms, as long as the stream goes on */
async function follow(url: string, cookie: string): Promise<number[]> {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const response = await fetch(url, {
    headers: { cookie, accept: "text/event-stream" },
    signal: leaving.signal,
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

/** Between one frame and the next, ms. */
function lagsSince(frames: readonly number[], at: number): number[] {
  const since = [...frames.filter((time) => time > at), performance.now()];
  return since.slice(1).map((time, n) => time - since[n]!);
}
