/** Actions on many jobs: the page that asks before they start, and the notice afterwards. */
import { isFinal, type Status } from "../engine/status.ts";
import { formatCappedCount, formatCount } from "../text/counts.ts";
import type { HiddenField } from "./form.ts";
import type { Page } from "./layout.ts";

export type BulkActionName = "cancel" | "clear" | "retry" | "download";

/** GET /jobs/bulk: what happens to all jobs that match the filter. */
export interface BulkPage extends Page {
  /** "Cancel 15 jobs?" */
  heading: string;
  /** "Failed · Import contacts · last 7 days" */
  which: string;
  /** "Queued jobs are cancelled." */
  sentences: string[];
  /** "Cancel 15 jobs", or empty if no job matches. */
  button: string;
  danger: boolean;
  fields: HiddenField[];
  backHref: string;
}

interface Action {
  verb: string;
  applies(status: Status): boolean;
  effect: string;
  /** The sentence about the matching jobs that the action does not apply to. */
  unaffected: string;
}

const actions: Record<BulkActionName, Action> = {
  cancel: {
    verb: "Cancel",
    applies: (status) => !isFinal(status),
    effect: "Queued jobs are cancelled. Running jobs stop safely and keep finished work.",
    unaffected: "already finished and won't change",
  },
  clear: {
    verb: "Clear",
    applies: isFinal,
    effect: "They're hidden from the list. Results stay until they expire.",
    unaffected: "still active and stay in the list",
  },
  retry: {
    verb: "Retry",
    applies: isFinal,
    effect: "Each job runs again with the same input. Jobs that were already retried are skipped.",
    unaffected: "still active and won't change",
  },
  download: {
    verb: "Download the files of",
    applies: () => true,
    effect: "Their files are collected in one ZIP archive, which you can download for three days.",
    unaffected: "",
  },
};

export function bulkTitle(action: BulkActionName): string {
  return actions[action].verb;
}

export function bulkApplies(action: BulkActionName, status: Status): boolean {
  return actions[action].applies(status);
}

/**
 * @param counts of the matching jobs that the action applies to, and of the rest; `max + 1` for more
 *   than `max`
 */
export function bulkPage(
  action: BulkActionName,
  counts: { applies: number; rest: number; max: number },
): Pick<BulkPage, "heading" | "sentences" | "button" | "danger"> {
  const { verb, effect, unaffected } = actions[action];
  const isEmpty = counts.applies === 0;
  const button = `${verb} ${jobsText(counts.applies, counts.max)}`;
  const rest = `${jobsText(counts.rest, counts.max, "other matching ")} ${counts.rest === 1 ? "is" : "are"} ${unaffected}.`;
  return {
    heading: isEmpty ? "No matching jobs" : `${button}?`,
    sentences: [
      ...(isEmpty ? [] : [effect]),
      ...(counts.rest > 0 ? [rest] : []),
      ...(isEmpty ? [] : ["This runs as a job that you can follow or cancel."]),
    ],
    button: isEmpty ? "" : button,
    danger: action === "cancel",
  };
}

function jobsText(count: number, max: number, which = ""): string {
  return `${formatCappedCount(count, max)} ${which}${count === 1 ? "job" : "jobs"}`;
}

const doneVerbs = { cancel: "Cancelling", clear: "Cleared", retry: "Retried" };
const participles = { cancel: "cancelled", clear: "cleared", retry: "retried" };

/**
 * Reports the result of an action on the selected jobs.
 * @param count number of jobs that the action changed
 * @param selected statuses of the selected jobs before the action
 * @returns "Cancelling 4 jobs", "Retried 1 job. 5 skipped: 3 active, 2 can't be retried."
 */
export function bulkDoneText(
  action: Exclude<BulkActionName, "download">,
  count: number,
  selected: readonly Status[],
): string {
  const done = `${doneVerbs[action]} ${formatCount(count, "jobs")}`;
  const skipped = selected.length - count;
  if (skipped === 0) return done;
  const unfit = selected.filter((status) => !bulkApplies(action, status)).length;
  const refused = skipped - unfit;
  const reasons = [
    unfit > 0 && `${unfit} ${action === "cancel" ? "already finished" : "active"}`,
    refused > 0 && `${refused} can't be ${participles[action]}`,
  ].filter(Boolean);
  return `${done}. ${skipped} skipped: ${reasons.join(", ")}.`;
}
