/** What can be done with a job as it is: its buttons, in their order. Pure. */

import type { JobSummaryRow, KindSummary } from "../engine/job-summary.ts";
import { isFinal, type Status } from "../engine/status.ts";
import { formatCount } from "../text/counts.ts";
import type { ButtonView } from "./view-types.ts";

/** To everybody alike: who sees a job may act on it. A kind that is gone offers no new run. */
export function jobButtons(
  row: JobSummaryRow,
  kind: KindSummary | undefined,
  now: number,
): ButtonView[] {
  const { status } = row;
  if (isFinal(status)) return kind ? [...onlyRejected(row, kind), again(status)] : [];
  const shown: ButtonView[] = [];
  if (row.status === "running" && row.cancel_requested_at) return shown;
  if (status === "queued" && row.run_at > now && row.reason !== "retry") shown.push(startNow);
  if (status === "paused") shown.push(resume);
  else if (!row.pause_requested_at) shown.push(pause);
  if (kind?.cancellable !== false) shown.push(cancel);
  return shown;
}

const startNow: ButtonView = {
  path: "start-now",
  label: "Start now",
  icon: "play",
  variant: "primary",
};
const resume: ButtonView = { path: "resume", label: "Resume", icon: "play", variant: "primary" };
const pause: ButtonView = { path: "pause", label: "Pause", icon: "pause", variant: "" };
const cancel: ButtonView = { path: "cancel", label: "Cancel", icon: "x-circle", variant: "danger" };

/** Where a job broke off, more is missing than these. */
function onlyRejected({ status, rejected }: JobSummaryRow, kind: KindSummary): ButtonView[] {
  if (status !== "done" || rejected === 0 || !kind.inputForRejected) return [];
  const label = `Retry ${formatCount(rejected, "rejected rows")}`;
  return [{ path: "retry-rejected", label, icon: "refresh", variant: "" }];
}

const labels: Partial<Record<Status, string>> = { failed: "Retry", cancelled: "Restart" };

function again(status: Status): ButtonView {
  const label = labels[status] ?? "Run again";
  return { path: "retry", label, icon: "refresh", variant: "" };
}
