/** One job that somebody watches: its last state, and which frames a change of it calls for. */
import type { StepRow } from "../backend/schema.ts";
import type { JobSummaryRow } from "../engine/job-summary.ts";
import type { JobView } from "../presenters/view-types.ts";
import type { Watcher } from "./watcher.ts";

/** A job's frames at most this often, unless it changed in kind. */
const betweenFramesMs = 200;
/** What changes without a write (elapsed, countdowns, counts in the panel) is shown this often. */
export const tickMs = 2_000;

export interface WatchedJob {
  readonly id: string;
  /** Who watches its page, and who its row. */
  readonly pages: Set<Watcher>;
  readonly rows: Set<Watcher>;
  /** Those of them who are still being told the state as it is. */
  readonly arriving: Set<Watcher>;
  /** Of the row that was read last, -1 before the first. The row itself would weigh more than all else. */
  version: number;
  /** True once its end was told to all who watch. */
  ended: boolean;
  steps: readonly StepRow[];
  /** The last log line that was told. */
  logSeq: number;
  shown: Shown;
}

/** What the last frames showed. */
export interface Shown {
  version: number;
  /** When the last frame and the last whole panel were rendered, ms. */
  at: number;
  panelAt: number;
  shape: Shape | undefined;
  panel: string;
}

export function watchJob(id: string): WatchedJob {
  const shown = { version: -1, at: 0, panelAt: 0, shape: undefined, panel: "" };
  return {
    id,
    pages: new Set(),
    rows: new Set(),
    arriving: new Set(),
    version: -1,
    ended: false,
    steps: [],
    logSeq: 0,
    shown,
  };
}

const shapeColumns = [
  "status",
  "fence",
  "current_step",
  "reason",
  "cancel_requested_at",
  "pause_requested_at",
] as const satisfies readonly (keyof JobSummaryRow)[];

/** What of a row changes the steps and the outline of its panel. */
type Shape = Pick<JobSummaryRow, (typeof shapeColumns)[number]>;

export function sameShape(a: Shape, b: Shape | undefined): boolean {
  return b !== undefined && shapeColumns.every((column) => a[column] === b[column]);
}

function shapeOf(row: JobSummaryRow): Shape {
  const { status, fence, current_step, reason, cancel_requested_at, pause_requested_at } = row;
  return { status, fence, current_step, reason, cancel_requested_at, pause_requested_at };
}

export function shownAs(row: JobSummaryRow, view: JobView, now: number): Shown {
  const { version } = row;
  return { version, at: now, panelAt: now, shape: shapeOf(row), panel: panelOf(view) };
}

/** For a row of the same shape: the panel, the tick inside of it, nothing yet, or nothing at all. */
export type Need = "panel" | "tick" | "later" | "nothing";

export function needOf({ shown }: WatchedJob, view: JobView, now: number): Need {
  const since = now - shown.at;
  if (since < betweenFramesMs) return view.version > shown.version ? "later" : "nothing";
  if (now - shown.panelAt >= tickMs && panelOf(view) !== shown.panel) return "panel";
  return view.version > shown.version || (view.active && since >= tickMs) ? "tick" : "nothing";
}

/** What the panel shows beside the tick and the steps' times. */
function panelOf(view: JobView): string {
  const steps = view.steps.map((step) => step.state);
  return JSON.stringify([view.label, view.counts, steps]);
}
