/** Who did what with a job, for the one who looks at its page. */
import { namesOf } from "../../accounts/users.ts";
import { readAudit } from "../../jobs/audit.ts";
import { auditText } from "../../jobs/shown/audit-text.ts";
import { moment } from "../../jobs/shown/format.ts";
import type { HistoryLine } from "../../pages/jobs.ts";
import type { Services } from "../../services.ts";

const mostLines = 100;

/** The latest first. */
export async function historyOf(
  { backend }: Pick<Services, "backend">,
  jobId: string,
  viewerId: string,
): Promise<HistoryLine[]> {
  const deeds = await readAudit(backend.db, jobId, mostLines);
  const others = deeds.map(({ user_id }) => user_id).filter((id) => id !== viewerId);
  const names = await namesOf(backend, others);
  return deeds.map((deed) => {
    const name = names.get(deed.user_id) ?? "Somebody who has left";
    return {
      text: auditText(deed.user_id === viewerId ? "You" : name, deed),
      at: moment(deed.at),
      newJobHref: deed.new_job_id ? `/jobs/${deed.new_job_id}` : null,
    };
  });
}
