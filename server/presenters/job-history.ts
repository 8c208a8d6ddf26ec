/** The history of a job: who did what. Names the viewer "You". */
import type { AuditRow } from "../backend/schema.ts";
import { formatDateTime, type TimeView } from "../text/dates.ts";

export interface HistoryView {
  id: string;
  /** Latest first. */
  lines: HistoryLine[];
}

export interface HistoryLine {
  /** "Ada Lovelace cancelled this job", "You downloaded people.csv" */
  text: string;
  at: TimeView;
  /** The job that a retry started. */
  newJobHref: string | null;
}

/**
 * @param entries of one job, latest first
 * @param names of the people in the entries, by id; people who left the account are missing
 */
export function historyView(
  jobId: string,
  entries: readonly AuditRow[],
  names: ReadonlyMap<string, string>,
  viewerId: string,
): HistoryView {
  const lines = entries.map((entry) => {
    const name = names.get(entry.user_id) ?? "A former member";
    return {
      text: auditText(entry.user_id === viewerId ? "You" : name, entry),
      at: formatDateTime(entry.created_at),
      newJobHref: entry.new_job_id ? `/jobs/${entry.new_job_id}` : null,
    };
  });
  return { id: jobId, lines };
}

/** @param who "You", "Ada Lovelace" */
function auditText(who: string, entry: AuditRow): string {
  // The schedule of its owner: nobody did anything at that time.
  if (entry.via === "schedule") return "A schedule started this job";
  return `${who} ${actionText(entry)}${entry.via === "api" ? " via the API" : ""}`;
}

function actionText({ action, file_name }: AuditRow): string {
  switch (action) {
    case "started":
      return "started this job";
    case "cancelled":
      return "cancelled this job";
    case "paused":
      return "paused this job";
    case "resumed":
      return "resumed this job";
    case "started_now":
      return "started this job ahead of schedule";
    case "rescheduled":
      return "moved this job to another time";
    case "retried":
      return "retried this job";
    case "started_again":
      return "ran this job again with changes";
    case "followed_up":
      return "started a job that this one offers";
    case "downloaded":
      return `downloaded ${file_name ?? "a file"}`;
  }
}
