/** The runner processes of one worker: who runs what, and who is killed. */
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import type { Log } from "../../log.ts";
import { rescueLimits } from "../finish.ts";
import type { RecordMetric } from "../job-lifecycle.ts";
import type { StopReason } from "../run/run.ts";
import type { Task } from "./runner-messages.ts";
import { type RunnerExit, type RunnerProcess, startRunner } from "./runner-process.ts";

/** A shared runner that says nothing for this long is taken to hang. */
const maxSilenceMs = 10_000;

/** How a task left its runner: it ended, or its process crashed or was killed. */
export type TaskExit =
  /** `job` is set if that was its last run. */
  | { how: "ended"; job: JobRow | undefined }
  /** `alone`: the process ran no other job. */
  | { how: "crashed"; alone: boolean }
  | { how: "killed"; killedFor: string };

export interface RunnerPool {
  /** @param alone in a process for itself; else where the job wants that */
  run(row: JobRow, task: Task, alone?: boolean): Promise<TaskExit>;
  stop(id: string, why: StopReason): void;
  /** Kills the process that this job is in. */
  kill(id: string): void;
  /** Pings all runners and kills those that hang. */
  pingAll(): void;
  /** Ends all processes; the jobs in them have been stopped or are lost. */
  close(): Promise<void>;
}

export function createRunnerPool(options: {
  /** Runners that are kept for sharing. */
  shared: number;
  catalog: Catalog;
  log: Log;
  observe: RecordMetric;
}): RunnerPool {
  const { shared, catalog, log, observe } = options;
  const runners = new Set<RunnerProcess>();
  const killedFor = new Map<RunnerProcess, string>();

  function startSharedRunner(): RunnerProcess {
    const runner = startRunner(observe);
    runners.add(runner);
    void runner.gone.then(() => runners.delete(runner));
    return runner;
  }

  function runnerFor(row: JobRow, alone: boolean): RunnerProcess {
    const open = [...runners].filter((runner) => !runner.alone && !killedFor.has(runner));
    const idle = open.find((runner) => runner.jobs.size === 0);
    if (alone || mustRunAlone(row)) {
      const own = idle ?? startSharedRunner();
      own.alone = row.id;
      return own;
    }
    if (idle) return idle;
    if (open.length < shared) return startSharedRunner();
    return open.reduce((a, b) => (b.jobs.size < a.jobs.size ? b : a));
  }

  function mustRunAlone(row: JobRow): boolean {
    return row.rescues >= rescueLimits.isolate || catalog.get(row.kind)?.dedicatedRunner === true;
  }

  function runnerOf(id: string): RunnerProcess | undefined {
    return [...runners].find((runner) => runner.jobs.has(id));
  }

  /** Processes beyond those kept for sharing are not held for later. */
  function release(runner: RunnerProcess): void {
    runner.alone = undefined;
    const idle = [...runners].filter((each) => each.jobs.size === 0);
    if (idle.length > shared) {
      runners.delete(runner);
      runner.quit();
    }
  }

  function exitOf(runner: RunnerProcess, left: RunnerExit): TaskExit {
    if (left.how === "ended") return left;
    const jobId = killedFor.get(runner);
    if (jobId !== undefined) return { how: "killed", killedFor: jobId };
    return { how: "crashed", alone: runner.alone !== undefined };
  }

  // One is there before the first job, so that a click does not wait for a process to start.
  startSharedRunner();
  return {
    async run(row, task, alone = false) {
      const runner = runnerFor(row, alone);
      const left = exitOf(runner, await runner.run(row, task));
      if (left.how === "ended") release(runner);
      else log.warn({ job: row.id, runner: runner.pid, ...left }, "runner lost");
      return left;
    },
    stop: (id, why) => runnerOf(id)?.stop(id, why),
    kill(id) {
      const runner = runnerOf(id);
      if (!runner || killedFor.has(runner)) return;
      killedFor.set(runner, id);
      runner.kill();
    },
    pingAll() {
      for (const runner of runners) {
        runner.ping();
        const silent = performance.now() - runner.answeredAt > maxSilenceMs;
        // Work that has a process for itself may keep it busy; its deadline is its limit.
        if (silent && runner.jobs.size > 0 && !runner.alone) runner.kill();
      }
    },
    async close() {
      for (const runner of runners) runner.kill();
      await Promise.all([...runners].map((runner) => runner.gone));
    },
  };
}
