import type { Kind } from "../job.ts";
import { span } from "../jobs/format.ts";

/** How long a job of this kind takes as its author tells, or nothing. */
export function usually({ expectedSeconds }: Pick<Kind, "expectedSeconds">): string {
  return expectedSeconds ? `Usually about ${span(expectedSeconds * 1_000)}` : "";
}
