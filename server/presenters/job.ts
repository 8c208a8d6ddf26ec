/**
 * Presents a job for its row and its page. All viewers share one view, so it contains no token and
 * nothing about the viewer. Frames build thousands of views a second: no `Intl`, no I/O.
 */
import type { StepRow } from "../backend/schema.ts";
import type { JobSummaryRow, KindSummary } from "../engine/job-summary.ts";
import { offeredFollowUps } from "../engine/offered-follow-ups.ts";
import { isFinal, type Status } from "../engine/status.ts";
import { defaultIcon, type IconName } from "../job.ts";
import { formatNumber } from "../text/counts.ts";
import { formatDateTime, type TimeView } from "../text/dates.ts";
import { formatDuration, formatElapsed } from "../text/durations.ts";
import { type ButtonView, jobButtons } from "./job-actions.ts";
import { amountText, percentOf, percentText, stepText, stoppedAtText } from "./job-progress.ts";
import { type DisplayStatus, displayStatus, statusLabel } from "./job-status.ts";
import { type StepView, stepViews } from "./job-steps.ts";
import { adviceText, errorText, outcomeText } from "./outcome.ts";
import { type LinkView, resultLink } from "./result.ts";
import { timeLeftText } from "./time-left.ts";
import { limitText, noWorkerText, startText } from "./waiting-text.ts";

export interface JobView {
  id: string;
  /** "contact_import" */
  kind: string;
  icon: IconName;
  /** "Import contacts" */
  title: string;
  /** "people.csv", or empty */
  subject: string;
  /** "/jobs/0198…" */
  href: string;
  /** "queued", "running", "paused", "done", "failed" or "cancelled" */
  status: Status;
  /** The status in more detail: "retrying", "waiting", "pausing", "partly-done" */
  displayStatus: DisplayStatus;
  /** "Running", "Retry 2 of 3 in 4 s", "Done with rejects" */
  label: string;
  /** False once the job is final. */
  active: boolean;
  /** The names of the follow-ups that it offers, separated by spaces, or empty. */
  offers: string;
  version: number;
  /** ms since 1970; frames are ordered by version, then by this */
  renderedAt: number;
  /** 0 to 100, or null if the total is unknown */
  percent: number | null;
  /** "42 %", "38,112 rows so far", or empty before the start */
  percentText: string;
  /** "42,318 of 100,000 rows", or empty */
  amount: string;
  /** The job's own message, the reason why it waits, or empty. */
  message: string;
  /** Step, amount and message in one line: "Step 2 of 2: Saving (42 %) · 42 of 100 rows", or empty */
  doing: string;
  /** "about 2 minutes left", "Almost done", "Starts in about 2 minutes", or empty */
  estimate: string;
  /** "1 min 12 s", or empty before the start */
  elapsed: string;
  /** "Step 3 of 5: Writing rows (40 %)", or empty for a kind of one step */
  stepText: string;
  steps: StepView[];
  /** Without zeros. */
  counts: { name: "succeeded" | "rejected" | "skipped"; label: string; value: string }[];
  /** The outcome as a sentence; empty while the job is active. */
  outcome: string;
  /** The reason of a failure, and what to do about it; empty for other jobs. */
  error: string;
  advice: string;
  /** For a failed job: "in step 2 of 3: Writing the file, after 1,204 rows", else empty */
  stoppedAt: string;
  /** "View imported contacts": the page that shows the result. */
  result: LinkView | null;
  buttons: ButtonView[];
  /** The time in the row: of the end, else of the planned or actual start. */
  when: TimeView;
  /** For a scheduled job. */
  starts: TimeView | null;
  /** The end of a long sleep. */
  wakes: TimeView | null;
  /** The time of the backup, for a job that was unfinished in it and has not been resumed. */
  restoredFrom: TimeView | null;
  created: TimeView;
  started: TimeView | null;
  finished: TimeView | null;
}

/**
 * @param kind undefined if the job's kind was removed from `jobs/`
 * @param steps by position; empty for rows of a list, which show none
 * @param now ms since 1970
 */
export function jobView(
  row: JobSummaryRow,
  kind: KindSummary | undefined,
  steps: readonly StepRow[],
  now: number,
): JobView {
  const status = displayStatus(row, kind, now);
  const isOver = isFinal(row.status);
  const starts = status === "scheduled" ? row.run_at : null;
  const texts = {
    stepText: stepText(row, kind),
    amount: amountText(row, kind),
    message: messageText(row, status),
  };
  return {
    id: row.id,
    kind: row.kind,
    icon: kind?.icon ?? defaultIcon,
    title: kind?.title ?? row.kind,
    subject: row.subject ?? "",
    href: `/jobs/${row.id}`,
    status: row.status,
    displayStatus: status,
    label: statusLabel(row, kind, status, now),
    active: !isOver,
    offers: offeredFollowUps(row, kind)
      .map(([name]) => name)
      .join(" "),
    version: row.version,
    renderedAt: now,
    percent: percentOf(row),
    percentText: percentText(row, kind),
    ...texts,
    doing: Object.values(texts).filter(Boolean).join(" · "),
    estimate: estimateText(row, status, now),
    elapsed: elapsedText(row, now),
    steps: stepViews(steps, row, now),
    counts: countNames
      .filter((name) => row[name] > 0)
      .map((name) => ({ name, label: countLabel(name, kind), value: formatNumber(row[name]) })),
    outcome: outcomeText(row, kind),
    error: errorText(row),
    advice: adviceText(row),
    stoppedAt: row.status === "failed" ? stoppedAtText(row, kind) : "",
    result: row.status === "done" ? resultLink(row, kind) : null,
    buttons: jobButtons(row, kind, now),
    when: formatDateTime(row.finished_at ?? starts ?? row.started_at ?? row.created_at),
    starts: starts === null ? null : formatDateTime(starts),
    wakes: status === "waiting" ? formatDateTime(row.run_at) : null,
    restoredFrom:
      row.status === "paused" && row.reason === "restored" && row.released_at !== null
        ? formatDateTime(row.released_at)
        : null,
    created: formatDateTime(row.created_at),
    started: row.started_at === null ? null : formatDateTime(row.started_at),
    finished: row.finished_at === null ? null : formatDateTime(row.finished_at),
  };
}

const countNames = ["succeeded", "rejected", "skipped"] as const;

function countLabel(name: (typeof countNames)[number], kind: KindSummary | undefined): string {
  return name === "succeeded" ? (kind?.succeededLabel ?? "done") : name;
}

function messageText(row: JobSummaryRow, status: DisplayStatus): string {
  if (row.lacksWorker) return noWorkerText;
  return (status === "queued" && limitText(row.queuePosition)) || (row.message ?? "");
}

/** Estimates the start of a queued job and the end of a started one, also while it waits. */
function estimateText(row: JobSummaryRow, status: DisplayStatus, now: number): string {
  if (row.lacksWorker) return "";
  if (status === "queued") return startText(row.queuePosition, now);
  if (row.status !== "running" && status !== "retrying" && status !== "waiting") return "";
  return timeLeftText(row, now);
}

/** The running time that counts towards the timeout: without pauses and waits in the queue. */
function elapsedText(row: JobSummaryRow, now: number): string {
  if (row.started_at === null) return "";
  if (isFinal(row.status)) return formatElapsed(row.running_ms);
  return formatDuration(row.running_ms + (row.status === "running" ? now - row.claimed_at! : 0));
}
