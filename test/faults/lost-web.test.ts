import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { openScene } from "../support/scene/processes.ts";
import { createClient } from "./api-client.ts";

const rounds = 3;

describe.each(backends)("a killed web process on $name", (which) => {
  test("a killed web process leaves each job it was starting once or not at all, and a repeated start returns that job", {
    timeout: 300_000,
  }, async () => {
    const scene = await openScene(which);
    let application = await scene.application({ NODE_ENV: "" });
    const client = await createClient(application.url, scene.place);
    const keys: string[] = [];
    const idByKey = new Map<string, string>();
    for (let round = 0; round < rounds; round++) {
      const requests = Array.from({ length: 20 }, async (_, n) => {
        const key = `round-${round}-${n}`;
        keys.push(key);
        await sleep(n * 5);
        idByKey.set(key, await client.start("sleep", { ms: 1 }, key, application.url));
      });
      const settled = Promise.allSettled(requests);
      await sleep(30 + Math.random() * 60);
      application.kill("SIGKILL");
      await application.exited;
      await settled;
      application = await scene.application({ NODE_ENV: "" });
    }
    expect(idByKey.size).toBeLessThan(keys.length);
    for (const key of keys) {
      const id = await client.start("sleep", { ms: 1 }, key, application.url);
      expect(idByKey.get(key) ?? id).toBe(id);
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
