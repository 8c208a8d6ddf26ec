/**
 * The test kit for kinds: runs a kind with the real engine, database and storage, in the test's own
 * process. Waits take no time, and a run can be killed, cancelled, paused or timed out at a chosen
 * transaction. `docs/testing.md` describes it.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { onTestFinished } from "vitest";
import type { z } from "zod";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import { type Catalog, readCatalog } from "../../server/catalog.ts";
import { parseDuration } from "../../server/engine/parse-duration.ts";
import { startFollowUp } from "../../server/engine/start/follow-up.ts";
import { InvalidInput } from "../../server/engine/start/request.ts";
import { retry } from "../../server/engine/start/retry.ts";
import { start } from "../../server/engine/start/start.ts";
import type { Duration, Kind } from "../../server/job.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import { saveUpload } from "../../server/storage/uploads.ts";
import { addMember } from "../support/add-member.ts";
import { addAccount, addWorker, backends, type TestBackend } from "../support/backends.ts";
import type { Interruption } from "./interruption.ts";
import { runToEnd } from "./run-to-end.ts";
import type { TestedJob } from "./tested-job.ts";

export { backends };

export interface KindTestOptions {
  /** SQLite, the default, or one of `backends`: `describe.each(backends)`. */
  on?: TestBackend;
  /** The kind's identifier. Default: the name of its file in `jobs/`, else "kind_under_test". */
  name?: string;
}

/** Settings of what happens to the next run. Each takes effect once, and returns the same test. */
interface Interruptions<Test> {
  /**
   * Kills the next run at its n-th transaction (a step begins or ends, an item, a batch, a file, an
   * offer, the end), which is rolled back; nothing of the run happens after it. Further numbers kill the runs that
   * follow. A run that goes on after each of them is like one after a crash.
   * `t.run` throws if a run ends before its n-th transaction.
   */
  killAt(...transactions: number[]): Test;
  /** Cancels the job right after the n-th transaction of the next run, as a person does. */
  cancelAt(transaction: number): Test;
  /** Pauses the job right after the n-th transaction of the next run, and resumes it. */
  pauseAt(transaction: number): Test;
  /** Stops the worker right after the n-th transaction, as an update does. The job goes on by itself. */
  shutDownAt(transaction: number): Test;
  /** Lets the kind's `timeout` pass right after the n-th transaction of the next run. */
  timeOutAt(transaction: number): Test;
}

export interface KindTest<Input extends z.ZodObject = z.ZodObject>
  extends Interruptions<KindTest<Input>> {
  /**
   * Starts a job, as the form does, and runs it until it is done, failed or cancelled: through retries,
   * pauses, crashes and sleeps.
   * @throws InvalidInput as the form shows it
   */
  run(input: z.input<Input>): Promise<TestedJob>;
  /**
   * Runs a job that is expected to fail.
   * @param message the error, a part of it, or a pattern
   * @throws if it does not fail, or with another error
   */
  fails(input: z.input<Input>, message: string | RegExp): Promise<TestedJob>;
  /**
   * Starts a job that is expected not to start.
   * @returns the message of each wrong field, as the form shows it
   * @throws if the input is accepted
   */
  refuses(input: Record<string, unknown>): Promise<Record<string, string>>;
  /** Starts a follow-up that the job offers, and runs it. */
  followUp(job: TestedJob, name: string): Promise<TestedJob>;
  /** Starts an ended job again, as the button "Retry" does, and runs it. */
  retry(job: TestedJob): Promise<TestedJob>;
  /** Uploads a file. @returns its id, the value of an `upload` field */
  upload(name: string, content: string | Uint8Array): Promise<string>;
  /** All rows of a table. */
  rows(table: string): Promise<Record<string, unknown>[]>;
  clock: Clock;
  /** For reading tables, and for writing what a kind expects there. */
  // biome-ignore lint/suspicious/noExplicitAny: a kind brings the types of its own tables.
  readonly db: Kysely<any>;
  /** The database, the queue and notifications, for tests of the engine. */
  readonly backend: Backend;
}

/** The clock of the application. `Date.now()` in a kind does not follow it. */
export interface Clock {
  /** Ms since 1970. */
  now(): number;
  advance(time: Duration | number): void;
}

/** The person who starts the jobs. */
export const person = { accountId: "account-1", userId: "user-1" };

const jobsDir = join(import.meta.dirname, "../../jobs");
let catalog: Promise<Catalog> | undefined;

/**
 * Prepares a database and storage of their own for a kind, which the end of the test removes. Call it
 * inside of a test or `beforeEach`. The other kinds of `jobs/` are there too, for follow-ups and `runsAs`.
 */
export async function testKind<Input extends z.ZodObject, Steps extends Record<string, number>>(
  kind: Kind<Input, Steps>,
  options: KindTestOptions = {},
): Promise<KindTest<Input>> {
  const opened = await openKindTest(kind, options);
  onTestFinished(opened.close);
  return opened.test;
}

/**
 * Runs `check` again and again, each time with an empty database, in which the first run is killed at
 * its first transaction, then at its second, and so on, until one run ends without being killed.
 * `check` calls `t.run` once, and expects what holds however the job is interrupted.
 */
export async function killAtEach<Input extends z.ZodObject, Steps extends Record<string, number>>(
  kind: Kind<Input, Steps>,
  check: (t: KindTest<Input>) => Promise<void>,
  options: KindTestOptions = {},
): Promise<void> {
  for (let transaction = 1; ; transaction++) {
    const { test, close, interruptions } = await openKindTest(kind, options);
    const kill: Interruption = { how: "kill", at: transaction, isOptional: transaction > 1 };
    interruptions.push(kill);
    try {
      await check(test);
    } catch (error) {
      throw new Error(`Killed at transaction ${transaction}: ${(error as Error).message}`, {
        cause: error,
      });
    } finally {
      await close();
    }
    if (interruptions.includes(kill)) throw new Error("The check ran no job");
    if (!kill.happened) return;
  }
}

async function openKindTest<Input extends z.ZodObject, Steps extends Record<string, number>>(
  given: Kind<Input, Steps>,
  { on = backends[0]!, name: givenName }: KindTestOptions,
) {
  const kind = given as unknown as Kind;
  catalog ??= readCatalog([jobsDir]);
  const others = await catalog;
  const ownName = [...others].find(([, each]) => each === kind)?.[0];
  const name = givenName ?? ownName ?? "kind_under_test";
  const kinds = new Map(others).set(name, kind);
  let shiftMs = 0;
  const { url, dir, remove } = await on.create({ migrated: true });
  const backend = await openBackend(url, { clockShift: () => shiftMs });
  if (existsSync(join(jobsDir, name, "migrations"))) await backend.migrate({ jobsDirs: [jobsDir] });
  const storage = createDiskStorage(dir);
  await addAccount(backend, person.accountId);
  await addMember(backend);
  await addWorker(backend, "worker-1");
  const clock: Clock = {
    now: backend.now,
    advance(time) {
      shiftMs += typeof time === "number" ? time : parseDuration(time);
    },
  };
  const interruptions: Interruption[] = [];
  const parts = { backend, storage, clock, interruptions, kinds };
  const startJob = (input: Record<string, unknown>) =>
    start(backend, kinds, { kind: name, input, ...person });

  function interrupt(how: Interruption["how"], ...transactions: number[]) {
    for (const at of transactions) interruptions.push({ how, at });
    return test;
  }

  const test: KindTest<Input> = {
    ...{ clock, backend, db: backend.db },
    killAt: (...transactions) => interrupt("kill", ...transactions),
    cancelAt: (transaction) => interrupt("cancel", transaction),
    pauseAt: (transaction) => interrupt("pause", transaction),
    shutDownAt: (transaction) => interrupt("shutdown", transaction),
    timeOutAt: (transaction) => interrupt("timeout", transaction),
    async run(input) {
      const { job } = await startJob(input);
      return runToEnd(parts, job.id);
    },
    async fails(input, message) {
      const job = await test.run(input);
      if (job.status !== "failed") {
        throw new Error(`The job was expected to fail, but is ${job.status}: ${job.message}`);
      }
      const isExpected =
        typeof message === "string" ? job.error.includes(message) : message.test(job.error);
      if (!isExpected) {
        throw new Error(`The job was expected to fail with ${message}, not with: ${job.error}`);
      }
      return job;
    },
    async refuses(input) {
      try {
        await startJob(input);
      } catch (error) {
        if (error instanceof InvalidInput) return error.fields;
        throw error;
      }
      throw new Error("The input was expected to be refused, but a job was started");
    },
    async followUp(job, followUp) {
      const by = { userId: person.userId };
      const { job: next } = await startFollowUp({ backend, catalog: kinds }, job.row, followUp, by);
      return runToEnd(parts, next.id);
    },
    async retry(job) {
      const { job: next } = await retry({ backend, catalog: kinds }, job.row, person.userId);
      return runToEnd(parts, next.id);
    },
    async upload(fileName, content) {
      const chunks = (async function* () {
        yield Buffer.from(content as Uint8Array);
      })();
      const file = { ...person, name: fileName, mediaType: "application/octet-stream", chunks };
      const target = { backend, storage, maxBytes: Number.POSITIVE_INFINITY };
      return (await saveUpload(target, file)).id;
    },
    rows: (table) => test.db.selectFrom(table).selectAll().execute(),
  };
  async function close(): Promise<void> {
    await backend.close();
    await remove();
  }
  return { test, interruptions, close };
}
