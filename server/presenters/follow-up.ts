/** The page that asks before a follow-up of a job starts. */
import type { JobSummaryRow, KindSummary } from "../engine/job-summary.ts";
import type { FollowUp } from "../job.ts";
import { jobTitle } from "./job-title.ts";
import type { Page } from "./layout.ts";

/** GET /jobs/:id/follow-ups/:name: asks before the job starts. */
export interface FollowUpPage extends Page {
  id: string;
  name: string;
  heading: string;
  text: string;
  label: string;
  /** "Import contacts, people.csv" */
  job: string;
}

export function followUpPage(
  job: JobSummaryRow,
  kind: KindSummary | undefined,
  [name, { label, confirmation }]: [name: string, followUp: FollowUp],
): Omit<FollowUpPage, "layout"> {
  return {
    id: job.id,
    name,
    heading: confirmation?.heading ?? label,
    text: confirmation?.text ?? "",
    label,
    job: jobTitle(job, kind),
  };
}
