/**
 * How long a client waits before it asks again. One rule for every client that asks: the page's
 * script when no stream gets through (`X-Poll-After`), programs (`Retry-After`) and pages that
 * reload themselves without JavaScript.
 */
import type { JobRow } from "../backend/schema.ts";
import { isFinal } from "../engine/status.ts";

type PolledRow = Pick<JobRow, "status" | "run_at" | "created_at" | "started_at">;

/** Something in a list changes every few seconds, whatever the age of each job. */
export const listPollSeconds = 10;
const maxSeconds = 30;

/**
 * A fifteenth of the job's age: every second while it is young, every 4 s after a minute, and at
 * most 30 s apart. The age of a job that runs is counted from its start. A job that is due later is
 * asked for when it is due.
 * @param now ms
 * @param minSeconds a whole page costs more than a poll, so it may ask for more than 1
 * @returns whole seconds; null where the job is final, which ends the polling
 */
export function pollInterval(job: PolledRow, now: number, minSeconds = 1): number | null {
  const { status, run_at, created_at, started_at } = job;
  if (isFinal(status)) return null;
  const isDueLater = status === "queued" && run_at > now;
  const ms = isDueLater ? run_at - now : (now - (started_at ?? created_at)) / 15;
  return Math.min(maxSeconds, Math.max(minSeconds, Math.ceil(ms / 1_000)));
}
