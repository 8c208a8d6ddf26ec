/** Presents the reasons for which the engine refuses an action. */
import type { ActionRefused, RefusalReason } from "../engine/action-refused.ts";
import type { AlreadyActive, MissingSettings, UnknownKind } from "../engine/start/request.ts";

const refusals: Record<RefusalReason, string> = {
  not_cancellable: "Jobs of this kind can't be cancelled.",
  not_final: "This job is still active.",
  no_rejected_rows: "This job has no rejected rows to retry.",
  rejected_file_expired: "The file of rejected rows has expired.",
  not_offered: "This job doesn't offer that, or it was already done.",
  started: "This job has started, so its time can't be changed.",
  retried_by_another: "Somebody else in your account has retried this job.",
};

export function refusalText({ reason }: ActionRefused): string {
  return refusals[reason];
}

export function missingSettingsText({ missing }: Pick<MissingSettings, "missing">): string {
  return `This kind of job needs ${missing.join(" and ")}. Whoever runs Headway has to set it.`;
}

export function unknownKindText({ kind }: UnknownKind): string {
  return `Unknown kind of job: "${kind}".`;
}

export function alreadyActiveText({ job }: AlreadyActive): string {
  return `Job ${job.id} has the same input and is still active.`;
}
