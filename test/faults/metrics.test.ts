import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { childrenOf, signalTo } from "../support/processes.ts";
import { openScene } from "../support/scene/processes.ts";

/** Samples by name and labels, without the `role` label. */
type Metrics = Map<string, number>;

describe.each(backends)("metrics and logs on $name", (which) => {
  test("the web and its worker serve metrics and log a line for each job event", async () => {
    const scene = await openScene(which);
    const port = await twoFreePorts();
    const application = await scene.application({
      METRICS_PORT: String(port),
      LOG_LEVEL: "info",
      RUNNERS: "1",
    });
    const web = () => read(port);
    const worker = () => read(port + 1);

    const short = await Promise.all([1, 2, 3].map(() => scene.start("sleep", { ms: 50 })));
    for (const id of short) await scene.ended(id);
    const later = await scene.start("sleep", { ms: 60_000 });
    await scene.until(later, (row) => row.status === "running");
    const rows = await scene.start("copy_rows", { rows: 200, size: 1, pause: 40 });
    await scene.until(rows, (row) => row.step_done > 5);
    const [supervisor] = childrenOf(application.pid);
    const [runner] = childrenOf(supervisor!);
    const before = await worker();
    expect(before.get('headway_jobs_ended_total{kind="sleep",status="done"}')).toBe(3);
    expect(before.get('headway_job_wait_seconds_count{kind="sleep"}')).toBe(4);
    expect(before.get('headway_job_run_seconds_count{kind="sleep",status="done"}')).toBe(3);
    expect(before.get("headway_progress_flushes_total")).toBeGreaterThan(0);
    expect(before.get("headway_rescues_total")).toBe(0);

    signalTo(runner!, "SIGKILL");
    await scene.until(rows, (row) => row.fence === 2 && row.status === "running");
    await expect.poll(async () => (await worker()).get("headway_rescues_total")).toBe(2);
    await expect
      .poll(async () => (await web()).get('headway_jobs{kind="sleep",status="running"}'))
      .toBe(1);
    const webSamples = await web();
    expect(webSamples.get("headway_streams")).toBe(0);
    expect(webSamples.get("headway_frames_total")).toBe(0);
    expect(webSamples.get("headway_queue_depth")).toBe(0);
    expect(webSamples.get("headway_queue_age_seconds")).toBe(0);
    expect(webSamples.get("process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
    expect((await fetch(`http://127.0.0.1:${port}/jobs`)).status).toBe(404);
    expect((await fetch(`${application.url}/metrics`, { redirect: "manual" })).status).not.toBe(
      200,
    );

    const lines = application
      .output()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
    const ofJob = lines.filter(({ job, role }) => job === short[0] && role === "worker");
    expect(ofJob.map(({ msg }) => msg)).toEqual(
      (await scene.events(short[0]!)).slice(1).map(({ type }) => `job ${type}`),
    );
    const { id: workerId } = await scene.backend.db
      .selectFrom("workers")
      .select("id")
      .executeTakeFirstOrThrow();
    for (const line of ofJob) expect(line).toMatchObject({ fence: 1, worker: workerId });
    const rescued = lines.filter(({ msg }) => msg === "job rescued");
    expect(new Set(rescued.map(({ job }) => job))).toEqual(new Set([later, rows]));
  });
});

async function read(port: number): Promise<Metrics> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const samples = text.split("\n").filter((line) => line && !line.startsWith("#"));
  return new Map(
    samples.map((line) => {
      const at = line.lastIndexOf(" ");
      const name = line.slice(0, at).replace(/role="\w+",?/, "");
      return [name.replace(",}", "}").replace("{}", ""), Number(line.slice(at + 1))];
    }),
  );
}

/** The worker's metrics port is the web process's plus one. @returns the lower one */
async function twoFreePorts(): Promise<number> {
  for (let time = 0; time < 50; time++) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
  throw new Error("No two adjacent free ports");
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
