/** Runs jobs in the test's own process, with the engine of the runners and a real backend. */
import { buffer } from "node:stream/consumers";
import type { Backend } from "../../server/backend/backend.ts";
import type { FileRow, JobRow } from "../../server/backend/schema.ts";
import type { Catalog } from "../../server/catalog.ts";
import { execute } from "../../server/engine/run/execute.ts";
import { start } from "../../server/engine/start/start.ts";
import { createExecutor } from "../../server/executor.ts";
import type { RunLimits } from "../../server/limits.ts";
import { createLog } from "../../server/log.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { saveUpload } from "../../server/storage/uploads.ts";
import { openTestBackend, type TestBackend } from "./backends.ts";

const person = { accountId: "account-1", userId: "user-1" };

export interface Engine {
  backend: Backend;
  storage: Storage;
  /** @returns the id of the upload */
  upload(content: string | Uint8Array, name?: string): Promise<string>;
  /** @returns the job's id */
  start(kind: string, input: Record<string, unknown>): Promise<string>;
  /**
   * Claims the job, which must be due, and runs it until the run ends.
   * @param options.backend of the run; default the engine's own
   * @param options.limits of the account; default: none
   */
  run(
    id: string,
    options?: { backend?: Backend; abort?: AbortController; limits?: Partial<RunLimits> },
  ): Promise<JobRow>;
  /** Starts a job and runs it once. */
  finish(kind: string, input: Record<string, unknown>): Promise<JobRow>;
  job(id: string): Promise<JobRow>;
  files(id: string): Promise<(FileRow & { content: string })[]>;
  errors(id: string): Promise<{ reason: string; count: number; rows: number[] }[]>;
  close(): Promise<void>;
}

export async function testEngine(which: TestBackend, catalog: Catalog): Promise<Engine> {
  const database = await openTestBackend(which);
  const { backend } = database;
  const storage = createDiskStorage(database.dir);
  const log = createLog("silent", "runner");

  const engine: Engine = {
    backend,
    storage,
    async upload(content, name = "people.csv") {
      const chunks = (async function* () {
        yield Buffer.from(content as Uint8Array);
      })();
      const target = { backend, storage, maxBytes: 1_000_000_000 };
      const row = await saveUpload(target, { ...person, name, mediaType: "text/csv", chunks });
      return row.id;
    },
    async start(kind, input) {
      const { job } = await start(backend, catalog, { kind, input, ...person });
      return job.id;
    },
    async run(id, { backend: runBackend = backend, abort = new AbortController(), limits } = {}) {
      const row = await backend.queue.claim("worker-1");
      if (row?.id !== id) throw new Error(`The job ${id} is not due`);
      const executor = createExecutor({ backend: runBackend, storage, catalog, log, limits });
      const ended = await execute(executor, row, abort);
      if (ended) await execute(executor, ended, new AbortController(), "clean");
      return engine.job(id);
    },
    async finish(kind, input) {
      return engine.run(await engine.start(kind, input));
    },
    job: (id) =>
      backend.db.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirstOrThrow(),
    async files(id) {
      const rows = await backend.db
        .selectFrom("files")
        .selectAll()
        .where("job_id", "=", id)
        .execute();
      return Promise.all(
        rows.map(async (row) => {
          const bytes = await buffer(storage.read(row.storage_key));
          return { ...row, content: bytes.toString() };
        }),
      );
    },
    async errors(id) {
      const rows = await backend.db
        .selectFrom("job_rejections")
        .selectAll()
        .where("job_id", "=", id)
        .orderBy("reason")
        .execute();
      return rows.map(({ reason, count, first_rows }) => {
        return { reason, count, rows: JSON.parse(first_rows) };
      });
    },
    close: () => database.close(),
  };
  return engine;
}
