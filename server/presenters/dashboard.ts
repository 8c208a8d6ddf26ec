/** "3 running, 12 waiting, 1,204 done": the counts of a list, each leading to its jobs. Pure. */
import { type Status, statuses } from "../engine/status.ts";
import { formatCappedCount } from "../text/counts.ts";
import type { CountsView } from "./view-types.ts";

const words: Record<Status, string> = {
  queued: "waiting",
  running: "running",
  paused: "paused",
  done: "done",
  failed: "failed",
  cancelled: "cancelled",
};

/** What is under way comes first. */
const order = [...statuses].sort((a, b) => rankOf(a) - rankOf(b));

function rankOf(status: Status): number {
  return ["running", "queued", "paused"].indexOf(status) + 1 || 9;
}

/**
 * @param counts `most + 1` where there are more than `most`
 * @param now when they were counted, ms
 */
export function countsView(
  scope: CountsView["scope"],
  counts: Record<Status, number>,
  most: number,
  now: number,
): CountsView {
  const list = scope === "account" ? "/jobs?scope=account&status=" : "/jobs?status=";
  return {
    scope,
    renderedAt: now,
    counts: order
      .filter((status) => counts[status] > 0)
      .map((status) => ({
        status,
        href: list + status,
        text: `${formatCappedCount(counts[status], most)} ${words[status]}`,
      })),
  };
}
