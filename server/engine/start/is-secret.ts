/** Finds the input fields that are never shown again, such as passwords. Pure. */
import type { z } from "zod";
import { readInputType } from "./input-type.ts";

/** Whether a field is marked `secret`, even inside `optional()`, `default()` or `transform()`. */
export function isSecret(type: z.core.$ZodType | undefined): boolean {
  if (!type) return false;
  if (readInputType(type).meta.secret) return true;
  const { innerType, in: before, out, element } = type._zod.def as Inner;
  return [innerType, before, out, element].some(isSecret);
}

type Inner = Partial<Record<"innerType" | "in" | "out" | "element", z.core.$ZodType>>;
