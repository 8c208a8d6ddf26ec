/** The steps of one run. A step that an earlier run completed is not repeated. */
import type { JobRow, StepRow } from "../../backend/schema.ts";
import { KindError } from "../kind-error.ts";
import { recordEvent } from "../transition.ts";
import type { OutputCheckpoint } from "./output-writer.ts";
import { elapsedMs, loseLease, makeRoomIfRequested, type Run, renewRetries } from "./run.ts";

export interface Steps {
  /** Runs a step, or returns its saved value if it is done. */
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** @returns the saved value of a step that is done */
  value<T>(name: string): T | undefined;
  /** @returns the position of the running step @throws outside of a step */
  current(): number;
  /** @returns the position of the running step, undefined between two steps */
  running(): number | undefined;
  /** Whether this run is between two steps, and an earlier one was interrupted in the step that follows. */
  wasInterruptedLater(): boolean;
  /** @throws if the kind has no such step */
  position(name: string): number;
  isInStep(): boolean;
  /** Runs the step of a kind that has only one. @throws KindError if it has several */
  runOnly<T>(work: () => Promise<T>): Promise<T>;
  /** Fails the step, or the run outside of one, if it ends before this work, which the kind has to await. */
  track<T>(name: string, work: Promise<T>): Promise<T>;
  /** @throws KindError if a step or tracked work still runs */
  assertEnded(): void;
}

export async function loadSteps(run: Run): Promise<Steps> {
  const { backend, row, progress } = run;
  const rows = await backend.db
    .selectFrom("job_steps")
    .selectAll()
    .where("job_id", "=", row.id)
    .orderBy("position")
    .execute();
  let running: number | undefined;
  /** The step whose work has not ended yet. */
  let active: { name: string; error: KindError } | undefined;
  /** What the kind has begun in it and has to await. */
  const awaited = new Set<{ name: string }>();

  function begin(name: string): void {
    if (active?.name === name) throw new KindError(`The step "${name}" was started within itself`);
    if (active) {
      throw new KindError(
        `The step "${name}" was started while "${active.name}" was running. Await each job.step before the next`,
      );
    }
    // Created here, because its stack names the line that starts the step.
    const text = `run returned while the step "${name}" was running. Await job.step`;
    active = { name, error: new KindError(text) };
  }

  /** @param what begins the sentence: "run", `The step "Reading"` */
  function assertAwaited(what: string): void {
    for (const { name } of awaited) {
      throw new KindError(`${what} ended before ${name} in it did. Await ${name}`);
    }
  }

  async function start(step: StepRow): Promise<void> {
    const { position } = step;
    running = position;
    const toJobProgress = jobProgressScale(rows, position);
    if (step.status === "running") {
      // An earlier run started the step.
      progress.startStep({ position, toJobProgress, saved: savedProgress(row) });
      return;
    }
    progress.startStep({ position, toJobProgress });
    const jobColumns = {
      ...{ current_step: position, step_done: 0, step_total: null, message: null },
      sleep: null,
    };
    const changes = { status: "running", started_at: backend.now() } as const;
    await update(step, changes, "step_started", jobColumns);
  }

  async function finish(step: StepRow, value: unknown): Promise<void> {
    await progress.flush();
    const output = await run.output.prepareCheckpoint();
    const at = backend.now();
    const before = rows
      .slice(0, step.position)
      .reduce((sum, { running_ms }) => sum + (running_ms ?? 0), 0);
    const changes = {
      status: "done",
      result: JSON.stringify(value),
      finished_at: at,
      running_ms: row.running_ms + elapsedMs(run) - before,
      total: progress.total,
    } as const;
    // A finished step is a checkpoint too, which resets the number of rescues.
    const jobColumns = { checkpoint: null, rescues: 0, sleep: null };
    await update(step, changes, "step_finished", jobColumns, output);
    output?.onCommit();
    renewRetries(run);
    running = undefined;
  }

  /** Updates the step and its job, and inserts the event, in one transaction. */
  async function update(
    step: StepRow,
    changes: Partial<StepRow>,
    type: "step_started" | "step_finished",
    jobColumns: object,
    output?: OutputCheckpoint,
  ) {
    const details = { name: step.name, step: step.position + 1, steps: rows.length };
    await backend.write(async (tx) => {
      const at = backend.now();
      const event = { type, details };
      const { id, fence } = row;
      if (!(await recordEvent(tx, { id, fence, at, event, set: jobColumns }))) loseLease(run);
      await tx.db
        .updateTable("job_steps")
        .set(changes)
        .where("job_id", "=", row.id)
        .where("position", "=", step.position)
        .execute();
      await output?.keep(tx);
    });
    Object.assign(step, changes);
    run.sleeps.clear();
  }

  function find(name: string): StepRow {
    const step = rows.find((each) => each.name === name);
    if (!step) throw new KindError(`The kind "${row.kind}" has no step "${name}"`);
    return step;
  }

  return {
    position: (name) => find(name).position,
    current() {
      if (running === undefined) throw new KindError("Batches and progress belong into a step");
      return running;
    },
    running: () => running,
    wasInterruptedLater: () =>
      running === undefined && rows.some(({ status }) => status === "running"),
    value<T>(name: string): T | undefined {
      const step = rows.find((each) => each.name === name);
      return step?.status === "done" ? (JSON.parse(step.result ?? "null") as T) : undefined;
    },
    run: runStep,
    isInStep: () => active !== undefined,
    async runOnly(work) {
      if (rows.length === 1) return runStep(rows[0]!.name, work);
      throw new KindError("job.each belongs into a step, because this kind has several");
    },
    async track(name, work) {
      const begun = { name };
      awaited.add(begun);
      try {
        return await work;
      } finally {
        awaited.delete(begun);
      }
    },
    assertEnded() {
      if (active) throw active.error;
      assertAwaited("run");
    },
  };

  async function runStep<T>(name: string, work: () => Promise<T>): Promise<T> {
    const step = find(name);
    if (step.status === "done") return JSON.parse(step.result ?? "null") as T;
    begin(name);
    try {
      run.abort.signal.throwIfAborted();
      // All that was done before is in finished steps.
      makeRoomIfRequested(run);
      await start(step);
      const value = await work();
      assertAwaited(`The step "${name}"`);
      await finish(step, value);
      return value;
    } finally {
      active = undefined;
    }
  }
}

function savedProgress({ step_done, step_total, progress, message }: JobRow) {
  return { done: step_done, total: step_total, progress, message };
}

/** @returns a function that converts the progress of a step into that of the job, by their weights */
function jobProgressScale(
  rows: StepRow[],
  position: number,
): (fraction: number | null) => number | null {
  const total = rows.reduce((sum, step) => sum + step.weight, 0);
  const before = rows.slice(0, position).reduce((sum, step) => sum + step.weight, 0);
  const { weight } = rows[position]!;
  return (fraction) => (fraction === null ? null : (before + weight * fraction) / total);
}
