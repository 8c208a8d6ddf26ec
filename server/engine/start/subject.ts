import type { Kind } from "../../job.ts";
import { sanitizeText } from "../sanitize-text.ts";
import type { Upload } from "./job-uploads.ts";

/**
 * @param input valid
 * @returns what distinguishes a job of this input from others of its kind, or null
 */
export function subjectOf(
  kind: Pick<Kind, "subject">,
  input: Record<string, unknown>,
  uploads: readonly Pick<Upload, "name">[],
): string | null {
  const subject = kind.subject?.(input);
  return subject === undefined ? (uploads[0]?.name ?? null) : sanitizeText(subject);
}
