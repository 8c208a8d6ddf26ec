/**
 * The time between two polls, for all clients: the script of a page that cannot open a stream
 * (`X-Poll-After`), programs (`Retry-After`) and pages that reload themselves without JavaScript.
 */
import type { JobRow } from "../backend/schema.ts";
import { isFinal } from "../engine/status.ts";

type PolledRow = Pick<JobRow, "status" | "run_at" | "created_at" | "started_at">;

/** Lists change every few seconds, whatever the age of each job. */
export const listPollSeconds = 10;
const maxSeconds = 30;

/**
 * Returns a fifteenth of the age of the job, at least 1 s and at most 30 s: 4 s after a minute. The
 * age begins with the creation, or with the start once the job runs. A job that is due later is
 * polled when it is due.
 * @param now ms since 1970
 * @param minSeconds larger for whole pages, which cost more than a poll
 * @returns whole seconds; null for an ended job, which ends the polling
 */
export function pollInterval(job: PolledRow, now: number, minSeconds = 1): number | null {
  const { status, run_at, created_at, started_at } = job;
  if (isFinal(status)) return null;
  const isDueLater = status === "queued" && run_at > now;
  const ms = isDueLater ? run_at - now : (now - (started_at ?? created_at)) / 15;
  return Math.min(maxSeconds, Math.max(minSeconds, Math.ceil(ms / 1_000)));
}
