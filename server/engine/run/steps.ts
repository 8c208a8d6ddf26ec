/** The stages of one run: each is done once in a job's life, however many runs that takes. */
import type { JobRow, StepRow } from "../../backend/schema.ts";
import { recordEvent } from "../transition.ts";
import { loseLease, type Run } from "./run.ts";

export interface Steps {
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
  value<T>(name: string): T | undefined;
  /** The place of the step that is running. @throws outside of a step */
  current(): number;
}

export async function loadSteps(run: Run): Promise<Steps> {
  const { backend, row, progress: tracked } = run;
  const rows = await backend.db
    .selectFrom("job_steps")
    .selectAll()
    .where("job_id", "=", row.id)
    .orderBy("position")
    .execute();
  let running: number | undefined;

  async function begin(step: StepRow): Promise<void> {
    running = step.position;
    // A step that an earlier run began is gone on with: its place and counts are kept.
    const begun = step.status === "running";
    const toWhole = wholeJobScale(rows, step.position);
    const { position } = step;
    tracked.beginStep(
      begun ? { position, toWhole, saved: savedProgress(row) } : { position, toWhole },
    );
    if (begun) return;
    const set = { current_step: step.position, step_done: 0, step_total: null, message: null };
    const changes = { status: "running", started_at: backend.now() } as const;
    await change(step, changes, "step_started", set);
  }

  async function finish(step: StepRow, value: unknown): Promise<void> {
    await tracked.flush();
    const at = backend.now();
    const before = rows
      .slice(0, step.position)
      .reduce((sum, { running_ms }) => sum + (running_ms ?? 0), 0);
    const kept = {
      status: "done",
      result: JSON.stringify(value),
      finished_at: at,
      running_ms: row.running_ms + at - row.claimed_at! - before,
      total: tracked.total,
    } as const;
    // A finished step is a checkpoint too: rescues are counted anew behind it.
    const set = { checkpoint: null, rescues: 0 };
    await change(step, kept, "step_finished", set);
    running = undefined;
  }

  async function change(
    step: StepRow,
    kept: Partial<StepRow>,
    type: "step_started" | "step_finished",
    set: object,
  ) {
    const details = { name: step.name, step: step.position + 1, steps: rows.length };
    await backend.write(async (tx) => {
      const at = backend.now();
      const event = { type, details };
      if (!(await recordEvent(tx, { id: row.id, fence: row.fence, at, event, set })))
        loseLease(run);
      await tx.db
        .updateTable("job_steps")
        .set(kept)
        .where("job_id", "=", row.id)
        .where("position", "=", step.position)
        .execute();
    });
    Object.assign(step, kept);
  }

  return {
    current() {
      if (running === undefined) throw new Error("Batches and progress belong into a step");
      return running;
    },
    value<T>(name: string): T | undefined {
      const step = rows.find((each) => each.name === name);
      return step?.status === "done" ? (JSON.parse(step.result ?? "null") as T) : undefined;
    },
    async run<T>(name: string, work: () => Promise<T>): Promise<T> {
      const step = rows.find((each) => each.name === name);
      if (!step) throw new Error(`The kind "${row.kind}" has no step "${name}"`);
      if (step.status === "done") return JSON.parse(step.result ?? "null") as T;
      run.abort.signal.throwIfAborted();
      await begin(step);
      const value = await work();
      await finish(step, value);
      return value;
    },
  };
}

function savedProgress({ step_done, step_total, progress, message }: JobRow) {
  return { done: step_done, total: step_total, progress, message };
}

/** The share of the steps before this one, and of this one as far as it is. */
function wholeJobScale(
  rows: StepRow[],
  position: number,
): (fraction: number | null) => number | null {
  const whole = rows.reduce((sum, step) => sum + step.weight, 0);
  const before = rows.slice(0, position).reduce((sum, step) => sum + step.weight, 0);
  const own = rows[position]!.weight;
  return (fraction) => (fraction === null ? null : (before + own * fraction) / whole);
}
