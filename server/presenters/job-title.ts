import type { JobRow } from "../backend/schema.ts";
import type { Kind } from "../job.ts";

/** @param kind undefined if it was removed @returns "Import contacts, people.csv" */
export function jobTitle(
  { kind: name, subject }: Pick<JobRow, "kind" | "subject">,
  kind: Pick<Kind, "title"> | undefined,
): string {
  return [kind?.title ?? name, subject].filter(Boolean).join(", ");
}
