/** Reconstructs the progress of earlier runs of a job from its events. Pure. */
import type { EventRow } from "../../backend/schema.ts";
import type { ProgressSample } from "./progress-samples.ts";

export type RunEvent = Pick<EventRow, "type" | "details" | "created_at">;

/**
 * @param events of one job, in their order
 * @returns the samples of the step that began last, on a clock that leaves out the time between
 *   runs, except for long sleeps. Events do not record short ones.
 */
export function samplesOfEvents(events: readonly RunEvent[]): ProgressSample[] {
  const samples: ProgressSample[] = [];
  let at = 0;
  /** Time of sleeps since the last sample. */
  let waited = 0;
  let sleepsSince: number | undefined;
  /** Time of the last event; undefined while the job does not run. */
  let previousAt: number | undefined;
  for (const { type, details, created_at } of events) {
    // The time at which a lost worker stopped is unknown.
    if (previousAt !== undefined && type !== "rescued") at += created_at - previousAt;
    if (sleepsSince !== undefined && type === "continued") waited += created_at - sleepsSince;
    sleepsSince = type === "sleeping" ? created_at : undefined;
    if (runEvents.has(type) || previousAt !== undefined) previousAt = created_at;
    if (stopEvents.has(type)) previousAt = undefined;
    if (type === "step_started" || type === "step_finished") samples.splice(0);
    const done = type === "step_started" ? 0 : type === "progress" ? parseDone(details) : undefined;
    if (done === undefined) continue;
    samples.push({ at, done, waited });
    waited = 0;
  }
  return samples;
}

/** A job runs from an event of `runEvents` to one of `stopEvents`. A sleep is a part of the run. */
const runEvents = new Set(["started", "continued", "step_started", "progress"]);
const stopEvents = new Set(["paused", "retry_scheduled", "interrupted", "made_room", "rescued"]);

function parseDone(details: string | null): number | undefined {
  const done: unknown = JSON.parse(details ?? "{}").done;
  return typeof done === "number" ? done : undefined;
}
