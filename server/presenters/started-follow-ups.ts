/** The follow-ups of a job that people started: who, when, and what became of each. */
import type { AuditRow, JobRow } from "../backend/schema.ts";
import type { KindSummary } from "../engine/job-summary.ts";
import { isFinal } from "../engine/status.ts";
import type { FollowUp } from "../job.ts";
import { formatDateTime } from "../text/dates.ts";
import type { StartedFollowUpView } from "./job-actions.ts";

/** A row of the audit log, and the job that it names, unless that was deleted. */
export interface StartedFollowUp {
  entry: AuditRow;
  job: Pick<JobRow, "id" | "kind" | "status"> | undefined;
}

/**
 * @param kind of the job that offered them; undefined if it was removed
 * @param nameOf returns "you" for the viewer
 */
export function startedFollowUps(
  started: readonly StartedFollowUp[],
  kind: KindSummary | undefined,
  nameOf: (userId: string) => string,
): StartedFollowUpView[] {
  const all = Object.values(kind?.followUps ?? {});
  return started.flatMap(({ entry, job }) => {
    // Without its job, only a kind with a single follow-up tells which one it was.
    const followUp = job ? all.find((each) => each.kind === job.kind) : all[0];
    if (!followUp || (!job && all.length > 1)) return [];
    return {
      text: `${stateText(followUp, job?.status)} by ${nameOf(entry.user_id)}`,
      at: formatDateTime(entry.created_at),
      href: job ? `/jobs/${job.id}` : null,
    };
  });
}

function stateText({ title, doneText }: FollowUp, status: JobRow["status"] | undefined): string {
  if (status === undefined || status === "done") return doneText;
  return isFinal(status) ? `${title} ${status}, started` : `${title} started`;
}
