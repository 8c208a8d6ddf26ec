/**
 * Records the calls of the estimator in real runs: `node test/engine/eta/record.ts [name…]` runs the
 * jobs of those names (or all), one after the other, and writes `traces/<name>.json`. All of them
 * take a quarter of an hour. The test and the benchmark read the files.
 */
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { csvOf, writeLines } from "../../../bench/import/csv.ts";
import type { Backend } from "../../../server/backend/backend.ts";
import { openBackend } from "../../../server/backend/open.ts";
import { type Catalog, readCatalog } from "../../../server/catalog.ts";
import type { Estimator } from "../../../server/engine/eta/estimator.ts";
import { execute } from "../../../server/engine/run/execute.ts";
import type { ProgressTracker } from "../../../server/engine/run/progress-tracker.ts";
import { start } from "../../../server/engine/start/start.ts";
import { registerWorker } from "../../../server/engine/worker/heartbeat.ts";
import { createExecutor } from "../../../server/executor.ts";
import { createLog } from "../../../server/log.ts";
import { createDiskStorage } from "../../../server/storage/disk/disk-storage.ts";
import { saveUpload } from "../../../server/storage/uploads.ts";
import { createDatabase, startCluster } from "../../support/postgres.ts";
import { type Recording, recordings } from "./recordings.ts";
import { type Call, type Trace, traceFolder } from "./trace.ts";

const root = join(import.meta.dirname, "../../..");
const person = { accountId: "account-1", userId: "person-1" };

interface Place {
  backend: Backend;
  catalog: Catalog;
  dir: string;
}

async function recordAll(names: readonly string[]): Promise<void> {
  const catalog = await readCatalog([join(root, "jobs"), join(root, "test/sample-kinds")]);
  const chosen = Object.entries(recordings).filter(
    ([name]) => names.length === 0 || names.includes(name),
  );
  const needsPostgres = chosen.some(([, { backend }]) => backend === "postgres");
  const cluster = needsPostgres ? await startCluster() : undefined;
  try {
    for (const [name, recording] of chosen) {
      const dir = await mkdtemp(join(tmpdir(), "headway-trace-"));
      const url =
        recording.backend === "postgres"
          ? await createDatabase(cluster!.url, `trace_${process.pid}`)
          : join(dir, "headway.db");
      const backend = await openBackend(url);
      try {
        await write(name, await record(recording, { backend, catalog, dir }));
      } finally {
        await backend.close();
        await rm(dir, { recursive: true, force: true });
      }
    }
  } finally {
    await cluster?.stop();
  }
}

async function record(recording: Recording, place: Place): Promise<Trace> {
  const { backend } = place;
  await backend.migrate();
  const account = { id: person.accountId, name: "Traces", created_at: backend.now() };
  await backend.db.insertInto("accounts").values(account).execute();
  if (recording.contacts)
    await runJob(place, "contact_import", await people(place, recording.contacts));
  const input = recording.people ? await people(place, recording.people) : recording.input;
  const { shape, kind, half } = recording;
  const { row, steps, calls } = await runJob(place, kind, input ?? {});
  return {
    ...{ shape, kind, backend: backend.name, half, size: row.input_bytes },
    weights: Object.values(place.catalog.get(kind)!.steps),
    steps: steps.map(({ running_ms, total }) => ({ ms: running_ms!, total })),
    ms: row.running_ms,
    calls,
  };
}

async function runJob(place: Place, kind: string, input: Record<string, unknown>) {
  const { backend, catalog, dir } = place;
  const { job } = await start(backend, catalog, { kind, input, ...person });
  const workerId = await registerWorker(backend, null);
  const claimed = (await backend.queue.claim(workerId))!;
  const startedAt = Math.round(performance.now());
  const calls: Call[] = [];
  const storage = createDiskStorage(dir);
  const executor = createExecutor({ backend, catalog, storage, log: createLog("warn", "runner") });
  executor.tracker = recordCalls(executor.tracker, calls, startedAt);
  const ended = await execute(executor, claimed, new AbortController());
  if (ended?.status !== "done") throw new Error(`${kind} did not succeed: ${ended?.error}`);
  const steps = await backend.db
    .selectFrom("job_steps")
    .selectAll()
    .where("job_id", "=", job.id)
    .orderBy("position")
    .execute();
  return { row: ended, steps, calls };
}

/** Records the calls of each estimator and passes them on. */
function recordCalls(progress: ProgressTracker, calls: Call[], startedAt: number): ProgressTracker {
  const note = (estimator: Estimator): Estimator => ({
    ...estimator,
    startStep(at, position, done) {
      calls.push([at - startedAt, "begin", position]);
      estimator.startStep(at, position, done);
    },
    observe(at, done, total) {
      calls.push([at - startedAt, "observe", done, total]);
      estimator.observe(at, done, total);
    },
    expect(position, total) {
      // Only the last one before an observation counts.
      if (calls.at(-1)?.[1] === "expect") calls.pop();
      const at = Math.round(performance.now()) - startedAt;
      calls.push([at, "expect", position, Math.round(total)]);
      estimator.expect(position, total);
    },
    setWait(at, until) {
      calls.push([at - startedAt, "wait", until && until - startedAt]);
      estimator.setWait(at, until);
    },
  });
  return {
    ...progress,
    track: (id, fence, estimator, onLost) => progress.track(id, fence, note(estimator), onLost),
  };
}

async function people({ backend, dir }: Place, count: number): Promise<Record<string, unknown>> {
  const path = join(dir, "people.csv");
  await writeLines(path, csvOf(count));
  const { size } = await stat(path);
  const place = { backend, storage: createDiskStorage(dir), maxBytes: size };
  const chunks = createReadStream(path);
  const file = { ...person, name: "people.csv", mediaType: "text/csv", chunks };
  const { id } = await saveUpload(place, file);
  await rm(path);
  return { upload_id: id };
}

/** Writes one call a line, so that a diff of two recordings is readable. */
async function write(name: string, { calls, ...trace }: Trace): Promise<void> {
  await mkdir(traceFolder, { recursive: true });
  const head = JSON.stringify(trace).slice(0, -1);
  const lines = calls.map((call) => JSON.stringify(call)).join(",\n");
  await writeFile(join(traceFolder, `${name}.json`), `${head},"calls":[\n${lines}\n]}\n`);
  process.stdout.write(`${name}: ${(trace.ms / 1_000).toFixed(1)} s, ${calls.length} calls\n`);
}

await recordAll(process.argv.slice(2));
