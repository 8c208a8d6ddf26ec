/** Masks the secret fields of a job's input. */
import type { z } from "zod";
import type { Kind } from "../../job.ts";
import { readInputType } from "./input-type.ts";
import { isSecret } from "./is-secret.ts";

const mask = "********";

/** @param kind undefined if it no longer exists: then any field may be secret, so all are masked */
export function maskSecrets(
  input: Record<string, unknown>,
  kind: Pick<Kind, "input"> | undefined,
): Record<string, unknown> {
  const entries = Object.entries(input).map(([field, value]) => {
    const type = kind?.input.shape[field];
    const isPublic = kind && !isSecret(type);
    if (value === null) return [field, value];
    return [field, isPublic ? maskWithin(type, value) : mask];
  });
  return Object.fromEntries(entries);
}

/** An object of the input may have secret fields of its own. */
function maskWithin(type: z.core.$ZodType | undefined, value: unknown): unknown {
  const inner = type && readInputType(type).type;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject || inner?._zod.def.type !== "object") return value;
  return maskSecrets(value as Record<string, unknown>, { input: inner as z.ZodObject });
}
