/** The buttons of a job. */
import type { JobSummaryRow, KindSummary } from "../engine/job-summary.ts";
import { offeredFollowUps } from "../engine/offered-follow-ups.ts";
import { isReschedulable } from "../engine/start/reschedulable.ts";
import { isCancellable, isFinal, type Status } from "../engine/status.ts";
import type { FollowUp, IconName } from "../job.ts";
import { formatCount } from "../text/counts.ts";
import type { TimeView } from "../text/dates.ts";

export interface ButtonView {
  /** The form's action is `/jobs/<id>/<path>`. */
  path: "cancel" | "pause" | "resume" | "retry" | "retry-rejected" | "start-now";
  /** "Retry", "Cancel" */
  label: string;
  icon: IconName;
  /** A CSS class, or empty. */
  variant: "primary" | "danger" | "";
}

/** The button of a follow-up, only on the job's page. */
export interface FollowUpView {
  /** In the address: `/jobs/<id>/follow-ups/<name>`. */
  name: string;
  /** "Undo this import" */
  label: string;
  icon: IconName;
  /** Whether a page asks before the job starts. */
  asks: boolean;
}

export interface StartedFollowUpView {
  /** "Undone by you", "Undo started by Ada Lovelace" */
  text: string;
  at: TimeView;
  /** Null once the job was deleted. */
  href: string | null;
}

/** The buttons on a job's page, rendered for one viewer and in no live partial. */
export interface ActionsView {
  id: string;
  buttons: ButtonView[];
  followUps: FollowUpView[];
  /** The follow-ups that were started, latest first. */
  started: StartedFollowUpView[];
  /** "Fix 6 rejected rows": leads to the page where they are mended. */
  mend: { href: string; label: string; variant: ButtonView["variant"] } | null;
  /** Leads to the page that moves the job to another time; null once it has started. */
  moveHref: string | null;
  /** The CSRF token of the viewer's session, for every form. */
  token: string;
  /** Whether a sound plays when the job finishes; null for a finished job. */
  sound: boolean | null;
}

export interface SoundSwitch {
  on: boolean;
  token: string;
}

/** Such a job waits for its retry, or sleeps, and was not scheduled by a person. */
const waitingReasons = new Set<JobSummaryRow["reason"]>(["retry", "sleeping"]);

/**
 * The same for every viewer, because everybody who may see a job in a list may act on it.
 * @param kind undefined if the kind was removed; then the job cannot be started again
 */
export function jobButtons(
  row: JobSummaryRow,
  kind: KindSummary | undefined,
  now: number,
): ButtonView[] {
  const { status } = row;
  if (isFinal(status)) return kind ? [...retryRejected(row, kind), startAgain(status)] : [];
  if (status === "running" && row.cancel_requested_at) return [];
  const buttons: ButtonView[] = [];
  if (status === "queued" && row.run_at > now && !waitingReasons.has(row.reason)) {
    buttons.push(startNow);
  }
  if (status === "paused") buttons.push(resume);
  else if (!row.pause_requested_at) buttons.push(pause);
  if (isCancellable(row, kind)) buttons.push(cancel);
  return buttons;
}

/** @param mayAct whether the viewer may act on this job */
export function actionsView(
  row: JobSummaryRow,
  kind: KindSummary | undefined,
  viewer: { mayAct: boolean; token: string; sound: boolean },
  started: StartedFollowUpView[],
  now: number,
): ActionsView {
  const followUps = viewer.mayAct ? offeredFollowUps(row, kind).map(followUpView) : [];
  return {
    id: row.id,
    buttons: viewer.mayAct ? jobButtons(row, kind, now) : [],
    mend: viewer.mayAct ? mendLink(row, kind, followUps) : null,
    moveHref: viewer.mayAct && isReschedulable(row) ? `/jobs/${row.id}/reschedule` : null,
    followUps,
    started,
    token: viewer.token,
    sound: isFinal(row.status) ? null : viewer.sound,
  };
}

function followUpView([name, followUp]: [string, FollowUp]): FollowUpView {
  const { label, icon = "play", confirmation } = followUp;
  return { name, label, icon, asks: confirmation !== undefined };
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

/** Only for a done job: a failed or cancelled one has unprocessed rows besides the rejected ones. */
function retryRejected({ status, rejected }: JobSummaryRow, kind: KindSummary): ButtonView[] {
  if (status !== "done" || rejected === 0 || !kind.inputForRejected) return [];
  // The same rows would be rejected again: people mend them first.
  if (kind.rejectedColumn) return [];
  const label = `Retry ${formatCount(rejected, "rejected rows")}`;
  return [{ path: "retry-rejected", label, icon: "refresh", variant: "" }];
}

/** The primary action, unless a follow-up goes on with the rows that were not rejected. */
function mendLink(
  { id, status, rejected }: JobSummaryRow,
  kind: KindSummary | undefined,
  followUps: readonly FollowUpView[],
): ActionsView["mend"] {
  if (status !== "done" || rejected === 0 || !kind?.rejectedColumn) return null;
  return {
    href: `/jobs/${id}/rejected-rows`,
    label: `Fix ${formatCount(rejected, "rejected rows")}`,
    variant: followUps.some(({ asks }) => !asks) ? "" : "primary",
  };
}

const againLabels: Partial<Record<Status, string>> = { failed: "Retry", cancelled: "Restart" };

function startAgain(status: Status): ButtonView {
  return { path: "retry", label: againLabels[status] ?? "Run again", icon: "refresh", variant: "" };
}
