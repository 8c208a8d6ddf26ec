/** Who did what with a job, for the one who looks at its page. */
import { listUserNames } from "../../accounts/users.ts";
import { listAudit } from "../../engine/audit.ts";
import { auditText } from "../../presenters/job-history.ts";
import type { HistoryLine } from "../../presenters/jobs.ts";
import type { Services } from "../../services.ts";
import { formatDateTime } from "../../text/dates.ts";

const mostLines = 100;

/** The latest first. */
export async function jobHistory(
  { backend }: Pick<Services, "backend">,
  jobId: string,
  viewerId: string,
): Promise<HistoryLine[]> {
  const deeds = await listAudit(backend.db, jobId, mostLines);
  const others = deeds.map(({ user_id }) => user_id).filter((id) => id !== viewerId);
  const names = await listUserNames(backend, others);
  return deeds.map((deed) => {
    const name = names.get(deed.user_id) ?? "Somebody who has left";
    return {
      text: auditText(deed.user_id === viewerId ? "You" : name, deed),
      at: formatDateTime(deed.created_at),
      newJobHref: deed.new_job_id ? `/jobs/${deed.new_job_id}` : null,
    };
  });
}
