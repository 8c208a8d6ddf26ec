/** Decides which frame a change of a job requires, given the frames that were sent before. */
import type { JobSummaryRow } from "../engine/job-summary.ts";
import type { JobView } from "../presenters/job.ts";

/** Minimum time between two frames of a job whose shape is unchanged. */
const minIntervalMs = 200;
/** Active jobs are sent this often without a change, because elapsed times and countdowns go on. */
export const refreshMs = 2_000;

/** The content of the last frames of a job. */
export interface SentState {
  version: number;
  /** Time of the last frame, ms since 1970. */
  at: number;
  /** Time of the last whole panel, ms since 1970. */
  panelAt: number;
  shape: Shape | undefined;
  /** The parts of that panel beside the progress, to be compared with the next one. */
  panel: string;
}

const shapeColumns = [
  "status",
  "fence",
  "current_step",
  "reason",
  "cancel_requested_at",
  "pause_requested_at",
  "follow_ups",
] as const satisfies readonly (keyof JobSummaryRow)[];

/** A change of one of these columns requires a whole panel. */
type Shape = Pick<JobSummaryRow, (typeof shapeColumns)[number]>;

export function isSameShape(a: Shape, b: Shape | undefined): boolean {
  return b !== undefined && shapeColumns.every((column) => a[column] === b[column]);
}

export function nothingSent(): SentState {
  return { version: -1, at: 0, panelAt: 0, shape: undefined, panel: "" };
}

/** @returns the state after a whole panel was sent */
export function panelSent(row: JobSummaryRow, view: JobView, now: number): SentState {
  const { version, status, fence, current_step, reason } = row;
  const { cancel_requested_at, pause_requested_at, follow_ups } = row;
  const shape = {
    ...{ status, fence, current_step, reason },
    ...{ cancel_requested_at, pause_requested_at, follow_ups },
  };
  return { version, at: now, panelAt: now, shape, panel: panelText(view) };
}

/** `later`: a frame is due, but the last one is too recent. */
export type NextFrame = "panel" | "progress" | "later" | "none";

/** @param view of a row with the shape that was sent; a changed shape requires a panel */
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
