/** The baseline of job throughput: graphile-worker alone, with tasks that do nothing. */
import { Logger, makeWorkerUtils, type Runner, run } from "graphile-worker";
import pg from "pg";
import { serveCalls } from "../support/program.ts";

export type BareGraphileWorker = typeof bareGraphileWorker;

let pool: pg.Pool;
let runner: Runner;

const bareGraphileWorker = serveCalls({
  /** Starts a worker with the settings of ours. */
  async listen({ url, concurrency }: { url: string; concurrency: number }): Promise<void> {
    pool = new pg.Pool({ connectionString: url, max: 20 });
    pool.on("error", () => {});
    pool.on("connect", (client) => client.on("error", () => {}));
    const logger = new Logger(() => () => {});
    const utils = await makeWorkerUtils({ pgPool: pool, logger });
    await utils.migrate();
    await utils.release();
    runner = await run({
      pgPool: pool,
      concurrency,
      pollInterval: 1_000,
      noHandleSignals: true,
      logger,
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      parsedCronItems: [],
      taskList: { nothing: async () => {} },
    });
  },
  async stop(_: object): Promise<void> {
    await runner.stop();
    await pool.end();
  },
});
