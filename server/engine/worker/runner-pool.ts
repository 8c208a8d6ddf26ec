/** The runner processes of one worker: assigns jobs to them, and kills those that hang. */
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import type { Log } from "../../log.ts";
import { isSuspected } from "../finish.ts";
import type { RecordMetric } from "../job-lifecycle.ts";
import type { StopReason } from "../run/run.ts";
import type { Task } from "./runner-messages.ts";
import { type RunnerExit, type RunnerProcess, startRunner } from "./runner-process.ts";
import { createRunnerStartLimit } from "./runner-start-limit.ts";
import { createRunnerStartTimeout, type RunnerStartTimeout } from "./runner-start-timeout.ts";

/**
 * Runners of single jobs that start at once. The crash of a shared runner makes all of its jobs ask
 * for one, and so many starts would delay the heartbeats of the worker.
 */
const maxStarting = 2;

/** The end of a task in a runner: it ended itself, or its process crashed or was killed. */
export type TaskExit =
  /** `job` is set if this was its last run. */
  | { how: "ended"; job: JobRow | undefined }
  /** `alone`: the process ran no other job. `hasBegun`: the kind's own code was called. */
  | { how: "crashed"; alone: boolean; hasBegun: boolean }
  /** `killedFor`: the id of the job because of which the process was killed. */
  | { how: "killed"; killedFor: string }
  /** It was stopped or killed while it waited for a process. */
  | { how: "not_started" };

export interface RunnerPool {
  /** @param alone whether the task gets a process of its own; default: whether its job needs one */
  run(row: JobRow, task: Task, alone?: boolean): Promise<TaskExit>;
  stop(id: string, reason: StopReason): void;
  /** Asks the job to give back its slot at its next checkpoint. */
  requestRoom(id: string): void;
  /** Kills the process in which this job runs. */
  kill(id: string): void;
  /** Pings all runners and kills those that hang. */
  pingAll(): void;
  /** Kills all processes. Their jobs should have been stopped before. */
  close(): Promise<void>;
}

export function createRunnerPool(options: {
  /** Number of processes that jobs share, which stay when they are idle. */
  shared: number;
  catalog: Catalog;
  log: Log;
  recordMetric: RecordMetric;
  /** Called with jobs that save checkpoints shortly after each other, once in each run. */
  onYielding?: (row: JobRow) => void;
  /** Called before a job only sleeps for so many ms. */
  onIdle?: (id: string, ms: number) => void;
  /** How long runners may take to start. */
  startTimeout?: RunnerStartTimeout;
}): RunnerPool {
  const { shared, catalog, log, recordMetric } = options;
  const { onYielding = () => {}, onIdle = () => {} } = options;
  const { startTimeout = createRunnerStartTimeout() } = options;
  const runners = new Set<RunnerProcess>();
  /** The job because of which each killed runner was killed. */
  const killedFor = new Map<RunnerProcess, string>();
  const startLimit = createRunnerStartLimit(maxStarting);

  function addRunner(): RunnerProcess {
    const runner = startRunner({ recordMetric, onYielding, onIdle, startTimeout });
    runners.add(runner);
    void runner.gone.then(() => runners.delete(runner));
    return runner;
  }

  function sharedRunners(): RunnerProcess[] {
    return [...runners].filter((each) => !each.alone && !killedFor.has(each));
  }

  function idleRunner(): RunnerProcess | undefined {
    return sharedRunners().find((each) => each.jobs.size === 0);
  }

  function sharedRunner(): RunnerProcess {
    const idle = idleRunner();
    if (idle) return idle;
    const all = sharedRunners();
    if (all.length < shared) return addRunner();
    return all.reduce((a, b) => (b.jobs.size < a.jobs.size ? b : a));
  }

  /** @returns undefined if the job was stopped while it waited */
  async function ownRunner(id: string): Promise<RunnerProcess | undefined> {
    const idle = idleRunner();
    if (idle) return reserve(idle, id);
    if (!(await startLimit.acquire(id))) return undefined;
    const runner = reserve(addRunner(), id);
    void runner.started.then(startLimit.release);
    return runner;
  }

  function reserve(runner: RunnerProcess, id: string): RunnerProcess {
    runner.alone = id;
    return runner;
  }

  function mustRunAlone(row: JobRow): boolean {
    return isSuspected(row) || catalog.get(row.kind)?.dedicatedRunner === true;
  }

  function runnerOf(id: string): RunnerProcess | undefined {
    return [...runners].find((runner) => runner.jobs.has(id));
  }

  /** Shares the process again, or ends it if there are enough idle ones. */
  function release(runner: RunnerProcess): void {
    runner.alone = undefined;
    const idle = sharedRunners().filter((each) => each.jobs.size === 0);
    if (idle.length > shared && runner.jobs.size === 0) {
      runners.delete(runner);
      runner.quit();
    }
  }

  function taskExit(runner: RunnerProcess, exit: RunnerExit): TaskExit {
    if (exit.how === "ended") return exit;
    const jobId = killedFor.get(runner);
    if (jobId !== undefined) return { how: "killed", killedFor: jobId };
    return { how: "crashed", alone: runner.alone !== undefined, hasBegun: exit.hasBegun };
  }

  // The first job of a person must not wait for a process to start.
  addRunner();
  return {
    async run(row, task, alone = false) {
      const runner = alone || mustRunAlone(row) ? await ownRunner(row.id) : sharedRunner();
      if (!runner) return { how: "not_started" };
      const exit = taskExit(runner, await runner.run(row, task));
      if (exit.how === "ended") release(runner);
      else log.warn({ job: row.id, runner: runner.pid, ...exit }, "runner lost");
      return exit;
    },
    stop(id, reason) {
      if (!startLimit.cancel(id)) runnerOf(id)?.stop(id, reason);
    },
    requestRoom: (id) => runnerOf(id)?.requestRoom(id),
    kill(id) {
      if (startLimit.cancel(id)) return;
      const runner = runnerOf(id);
      if (!runner || killedFor.has(runner)) return;
      killedFor.set(runner, id);
      runner.kill();
    },
    pingAll() {
      for (const runner of runners) {
        runner.ping();
        // A job with a process of its own may block it until its deadline.
        if (runner.isSilent && runner.jobs.size > 0 && !runner.alone) runner.kill();
      }
    },
    async close() {
      for (const runner of runners) runner.kill();
      await Promise.all([...runners].map((runner) => runner.gone));
    },
  };
}
