/** Runs a kind in the test's own process, with real storage and a real database. */
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import type { Backend } from "../../server/backend/backend.ts";
import type { JobRow } from "../../server/backend/schema.ts";
import { type Executor, execute } from "../../server/engine/run/execute.ts";
import { createRoomRequest } from "../../server/engine/run/room-request.ts";
import { Stopped, type StopReason } from "../../server/engine/run/run.ts";
import { start } from "../../server/engine/start/start.ts";
import { createExecutor } from "../../server/executor.ts";
import { defineJob, type JobContext, type Kind } from "../../server/job.ts";
import type { RunLimits } from "../../server/limits.ts";
import { createLog } from "../../server/log.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import { readJob } from "./job-row.ts";

/** Creates a job of the kind, whose runs the test starts. */
export async function createJob<Input extends z.ZodObject>(
  backend: Backend,
  dir: string,
  kind: Kind<Input>,
  limits: Partial<RunLimits> = {},
  { explainError }: Pick<Executor, "explainError"> = {},
) {
  const name = `kind_${uuidv7().slice(-12)}`;
  const catalog = new Map<string, Kind>([[name, kind as unknown as Kind]]);
  const request = { kind: name, input: {}, accountId: "account-1", userId: "person-1" };
  const { id } = (await start(backend, catalog, request)).job;
  const abort = { current: new AbortController() };
  let room = createRoomRequest();
  const storage = createDiskStorage(dir);
  const log = createLog("silent", "runner");
  const executor = createExecutor({ backend, catalog, storage, log, limits, explainError });
  return {
    id,
    /** The kinds of the next run; a test may remove the job's kind. */
    catalog,
    storage,
    /** Claims the job, runs it until the run ends, and cleans up after the last run. */
    async run(): Promise<JobRow> {
      const row = await backend.queue.claim("worker-1");
      if (row?.id !== id) throw new Error("The job cannot be claimed");
      abort.current = new AbortController();
      room = createRoomRequest();
      const ended = await execute(executor, row, abort.current, "run", room);
      if (ended) await execute(executor, ended, new AbortController(), "clean");
      return readJob(backend, id);
    },
    /** Asks the current run to stop. */
    stop: (reason: StopReason) => abort.current.abort(new Stopped(reason)),
    /** Asks the current run to give back its slot at its next checkpoint. */
    requestRoom: () => room.request(),
  };
}

/** Creates a job of a kind with the step Doing, whose run does only this work. */
export function createJobThat(
  { backend, dir }: { backend: Backend; dir: string },
  work: (job: JobContext<"Doing">) => Promise<unknown>,
) {
  const kind = defineJob({
    ...{ title: "", description: "", input: z.object({}), steps: { Doing: 1 } },
    async run(job) {
      await work(job);
      return { message: "Done" };
    },
  });
  return createJob(backend, dir, kind);
}
