import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { createClient } from "./api.ts";
import { openScene } from "./scene.ts";

const rounds = 3;

describe.each(backends)("a killed web process on $name", (which) => {
  test("what it was starting is there once or not at all, and a repeated start gives that job", {
    timeout: 120_000,
  }, async () => {
    const scene = await openScene(which);
    let application = await scene.application({ NODE_ENV: "" });
    const client = await createClient(application.url, scene.place);
    const keys: string[] = [];
    const answered = new Map<string, string>();
    for (let round = 0; round < rounds; round++) {
      const requests = Array.from({ length: 20 }, async (_, n) => {
        const key = `round-${round}-${n}`;
        keys.push(key);
        await sleep(n * 5);
        answered.set(key, await client.start("sleep", { ms: 1 }, key, application.url));
      });
      const over = Promise.allSettled(requests);
      await sleep(30 + Math.random() * 60);
      application.kill("SIGKILL");
      await application.gone;
      await over;
      application = await scene.application({ NODE_ENV: "" });
    }
    expect(answered.size).toBeLessThan(keys.length);
    for (const key of keys) {
      const id = await client.start("sleep", { ms: 1 }, key, application.url);
      expect(answered.get(key) ?? id).toBe(id);
      expect((await scene.ended(id)).status).toBe("done");
    }
    const { db } = scene.backend;
    const jobs = await db.selectFrom("jobs").select("id").where("kind", "=", "sleep").execute();
    expect(jobs).toHaveLength(keys.length);
    const steps = await db
      .selectFrom("job_steps")
      .innerJoin("jobs", "jobs.id", "job_steps.job_id")
      .select("job_id")
      .where("kind", "=", "sleep")
      .execute();
    expect(steps).toHaveLength(keys.length);
  });
});
