import type { JobRow } from "../../backend/schema.ts";

/** Whether the job waits for its first start, and so can be moved to another time. */
export function isReschedulable({ status, started_at }: Pick<JobRow, "status" | "started_at">) {
  return (status === "queued" || status === "paused") && started_at === null;
}
