/** Presents a retry that started nothing, because the job was retried before. */
import type { Status } from "../engine/status.ts";

const ends: Partial<Record<Status, string>> = {
  failed: "failed",
  cancelled: "was cancelled",
  done: "is done",
};

/** @param status of the latest retry, on whose page the sentences stand */
export function retriedText(status: Status): string {
  const end = ends[status];
  return `Already restarted. This is the ${end ? `latest retry, which ${end}` : "new job"}.`;
}

/** @param status of the latest retry, to which a link leads */
export function retriedElsewhereText(status: Status): string {
  return `Already restarted. The latest retry ${ends[status] ?? "is active"}.`;
}
