/** Presents the record of a job that retention deleted. */
import type { ExpiredJobRow } from "../backend/schema.ts";
import { formatDateTime } from "../text/dates.ts";
import { failureText } from "./outcome.ts";

const verbs: Partial<Record<ExpiredJobRow["status"], string>> = {
  done: "Finished",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** "Finished on May 3, 14:02 UTC: Imported 72 of 75." */
export function expiredJobText(job: ExpiredJobRow): string {
  const text = job.status === "failed" ? failureText(job) : job.outcome;
  const detail = text ? `: ${text.replace(/\.$/, "")}` : "";
  return `${verbs[job.status]} on ${formatDateTime(job.finished_at).text}${detail}.`;
}
