/** Finds the input fields that are never shown again, such as passwords. Pure. */
import type { z } from "zod";

/** Whether a field is marked `secret`, even inside `optional()`, `default()` or `transform()`. */
export function isSecret(type: z.core.$ZodType | undefined): boolean {
  const field = type as z.ZodType | undefined;
  if (!field) return false;
  if (field.meta?.()?.secret) return true;
  const { innerType, in: before, out } = field.def as Inner;
  return [innerType, before, out].some(isSecret);
}

type Inner = Partial<Record<"innerType" | "in" | "out", z.core.$ZodType>>;
