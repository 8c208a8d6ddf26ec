/** Input fields that nobody may read again. Pure. */
import type { z } from "zod";

/** Whether a field is marked `secret`, also inside of `optional()`, `default()` and the like. */
export function isSecret(type: z.core.$ZodType | undefined): boolean {
  const field = type as z.ZodType | undefined;
  if (!field) return false;
  if (field.meta?.()?.secret) return true;
  const { innerType } = field.def as { innerType?: z.core.$ZodType };
  return isSecret(innerType);
}
