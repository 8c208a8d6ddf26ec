/** A job's input as it may be shown: fields that hold secrets are masked. */

import { isSecret } from "../../engine/start/is-secret.ts";
import type { Kind } from "../../job.ts";

const mask = "********";

/**
 * @param kind undefined where its file is gone: then nobody knows which fields hold secrets, so all
 * are masked
 */
export function maskSecrets(
  input: Record<string, unknown>,
  kind: Pick<Kind, "input"> | undefined,
): Record<string, unknown> {
  const entries = Object.entries(input).map(([field, value]) => {
    const isShown = kind && !isSecret(kind.input.shape[field]);
    return [field, isShown || value === null ? value : mask];
  });
  return Object.fromEntries(entries);
}
