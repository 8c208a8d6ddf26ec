/** Decides which frame a change of a job calls for, given what was sent of it before. */
import type { JobSummaryRow } from "../engine/job-summary.ts";
import type { JobView } from "../presenters/job.ts";

/** Frames of a job of the same shape are at least this far apart. */
const minIntervalMs = 200;
/** Elapsed time, countdowns and counts change without a write: they are sent this often. */
export const refreshMs = 2_000;

/** What the last frames of a job showed. */
export interface SentState {
  version: number;
  /** When the last frame was rendered, ms. */
  at: number;
  /** When the last whole panel was rendered, ms. */
  panelAt: number;
  shape: Shape | undefined;
  /** What that panel showed beside the progress, to compare it with the next one. */
  panel: string;
}

const shapeColumns = [
  "status",
  "fence",
  "current_step",
  "reason",
  "cancel_requested_at",
  "pause_requested_at",
] as const satisfies readonly (keyof JobSummaryRow)[];

/** The columns of a row on which the outline of its panel depends. */
type Shape = Pick<JobSummaryRow, (typeof shapeColumns)[number]>;

export function isSameShape(a: Shape, b: Shape | undefined): boolean {
  return b !== undefined && shapeColumns.every((column) => a[column] === b[column]);
}

export function nothingSent(): SentState {
  return { version: -1, at: 0, panelAt: 0, shape: undefined, panel: "" };
}

/** The state after a whole panel was rendered. */
export function panelSent(row: JobSummaryRow, view: JobView, now: number): SentState {
  const { version, status, fence, current_step, reason, cancel_requested_at, pause_requested_at } =
    row;
  const shape = { status, fence, current_step, reason, cancel_requested_at, pause_requested_at };
  return { version, at: now, panelAt: now, shape, panel: panelText(view) };
}

/** `later`: a frame is due, but the last one is too recent. */
export type NextFrame = "panel" | "progress" | "later" | "none";

/** @param view of a row that has the shape of what was sent; another shape needs a panel */
export function nextFrame(sent: SentState, view: JobView, now: number): NextFrame {
  const ageMs = now - sent.at;
  const isNewer = view.version > sent.version;
  if (ageMs < minIntervalMs) return isNewer ? "later" : "none";
  if (now - sent.panelAt >= refreshMs && panelText(view) !== sent.panel) return "panel";
  return isNewer || (view.active && ageMs >= refreshMs) ? "progress" : "none";
}

/** The parts of a panel beside the progress and the times of steps. */
function panelText(view: JobView): string {
  const steps = view.steps.map((step) => step.state);
  return JSON.stringify([view.label, view.counts, steps]);
}
