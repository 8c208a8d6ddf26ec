import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../server/commands/scaled/free-port.ts";
import { startWeb } from "../support/application.ts";
import { backends } from "../support/backends.ts";
import { killFamily } from "../support/processes.ts";
import { finalEvents, openScene } from "../support/scene/processes.ts";
import { signInOrUp } from "./page-client.ts";

const text = "No worker is running: jobs wait";

describe.each(backends)("a missing worker on $name", (which) => {
  test("people are told that no worker is running, and their cancels take effect without one", async () => {
    const scene = await openScene(which);
    const metricsPort = await freePort();
    const web = await startWeb(scene.place, { METRICS_PORT: String(metricsPort) });
    onTestFinished(() => web.stop());
    const person = { email: "ada@example.com", password: "a long password" };
    const client = await signInOrUp(web.url, person);
    const { account_id, user_id } = await scene.backend.db
      .selectFrom("members")
      .select(["account_id", "user_id"])
      .executeTakeFirstOrThrow();
    const get = async (path: string) => (await client.get(path)).text();
    const workers = async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      return Number(/^headway_workers\{[^}]*\} (\d+)$/m.exec(metrics)?.[1]);
    };
    const startJob = async (ms: number) => {
      const id = await scene.start("sleep", { ms }, account_id);
      // Pages list the jobs of the person who started them.
      await scene.backend.db.updateTable("jobs").set({ user_id }).where("id", "=", id).execute();
      return id;
    };

    const waiting = await startJob(1);
    await expect.poll(() => get("/ready")).toBe(`ready\n${text}`);
    expect((await client.get("/ready")).status).toBe(200);
    for (const path of ["/jobs", `/jobs/${waiting}`, "/contacts"]) {
      expect(await get(path)).toContain(text);
    }
    expect(await get(`/live?topics=job:${waiting}`)).toContain(text);
    await expect.poll(workers).toBe(0);

    const worker = await scene.worker({ RUNNERS: "1" });
    expect((await scene.ended(waiting)).status).toBe("done");
    await expect.poll(() => get("/ready")).toBe("ready");
    await expect.poll(workers).toBe(1);
    const running = await startJob(600_000);
    await scene.until(running, (row) => row.status === "running" && row.current_step !== null);
    expect(await get(`/jobs/${running}`)).not.toContain(text);

    await killFamily(worker);
    const token = /name="token" value="([^"]+)"/.exec(await get(`/jobs/${running}`))![1]!;
    expect((await client.post(`/jobs/${running}/cancel`, { token })).status).toBe(303);
    const job = await scene.ended(running);
    expect(job).toMatchObject({ status: "cancelled", reason: "worker_lost", fence: 1 });
    expect(finalEvents(await scene.events(running))).toHaveLength(1);
    await expect.poll(() => get("/ready")).toBe(`ready\n${text}`);
  });
});
