/** What tells that two jobs have the same input. Pure. */
import { createHash } from "node:crypto";

/** The file that a field of the input names. */
export interface FingerprintedFile {
  field: string;
  /** SHA-256 of the bytes, hex; null if it was never computed. */
  sha256: string | null;
}

/**
 * A file stands for its bytes: uploaded twice, under whatever name, it is the same input.
 * @param input as it was checked
 * @returns SHA-256, hex
 */
export function inputFingerprint(
  kind: string,
  input: Readonly<Record<string, unknown>>,
  files: readonly FingerprintedFile[],
): string {
  const shown: Record<string, unknown> = { ...input };
  for (const { field, sha256 } of files) if (sha256) shown[field] = { sha256 };
  return createHash("sha256")
    .update(JSON.stringify([kind, sorted(shown)]))
    .digest("hex");
}

/** The same names and values give the same text, in whatever order they came. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([name, inner]) => [name, sorted(inner)]);
}
