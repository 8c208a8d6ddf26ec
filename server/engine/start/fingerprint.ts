/** Fingerprints of inputs, which are equal if two jobs have the same input. Pure. */
import { createHash } from "node:crypto";

/** An uploaded file in a field of the input. */
export interface FingerprintedFile {
  field: string;
  /** SHA-256 of the bytes, hex; null if it was never computed. */
  sha256: string | null;
}

/**
 * A file counts by its bytes, so the same file uploaded twice is the same input, whatever its name.
 * @param input valid
 * @returns SHA-256, hex
 */
export function inputFingerprint(
  kind: string,
  input: Readonly<Record<string, unknown>>,
  files: readonly FingerprintedFile[],
): string {
  const content: Record<string, unknown> = { ...input };
  for (const { field, sha256 } of files) {
    if (sha256) content[field] = Array.isArray(input[field]) ? [] : { sha256 };
  }
  for (const { field, sha256 } of files) {
    const list = content[field];
    if (Array.isArray(list) && list !== input[field]) list.push({ sha256 });
  }
  return createHash("sha256")
    .update(JSON.stringify([kind, sorted(content)]))
    .digest("hex");
}

/** Sorts the properties of objects, so that their order makes no difference. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([name, inner]) => [name, sorted(inner)]);
}
