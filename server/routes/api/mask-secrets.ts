/** Masks the secret fields of a job's input. */
import { isSecret } from "../../engine/start/is-secret.ts";
import type { Kind } from "../../job.ts";

const mask = "********";

/** @param kind undefined if it no longer exists: then any field may be secret, so all are masked */
export function maskSecrets(
  input: Record<string, unknown>,
  kind: Pick<Kind, "input"> | undefined,
): Record<string, unknown> {
  const entries = Object.entries(input).map(([field, value]) => {
    const isPublic = kind && !isSecret(kind.input.shape[field]);
    return [field, isPublic || value === null ? value : mask];
  });
  return Object.fromEntries(entries);
}
