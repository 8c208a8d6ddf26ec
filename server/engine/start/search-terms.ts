/** Extracts the search terms of a job from its subject and its input. Pure. */
import type { z } from "zod";
import type { Kind } from "../../job.ts";
import { isUpload, readInputType } from "./input-type.ts";
import { isSecret } from "./is-secret.ts";

/** Limits the rows that each start inserts. */
const maxTerms = 30;
const maxTermLength = 40;
/** Limits the work for a long text in the input. */
const maxTextLength = 2_000;

/** @returns "zurich", "marz", "2026" and "csv" for "Zürich-März 2026.csv", each once */
export function searchTerms(text: string): string[] {
  const plain = text.slice(0, maxTextLength).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = plain.match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words.map((word) => word.slice(0, maxTermLength)))];
}

/**
 * @param kind undefined if it was removed: then its secret fields are unknown, and no input is used
 */
export function jobSearchTerms(
  kind: Pick<Kind, "input"> | undefined,
  subject: string | null,
  input: Record<string, unknown>,
): string[] {
  const texts = Object.entries(kind?.input.shape ?? {}).flatMap(([field, type]) =>
    isSearchable(type as z.ZodType) ? textOf(input[field]) : [],
  );
  return searchTerms([subject ?? "", ...texts].join(" ")).slice(0, maxTerms);
}

/** Leaves out secrets, ids of uploads and mappings of columns. */
function isSearchable(type: z.ZodType): boolean {
  const { columns } = readInputType(type).meta;
  return !isUpload(type) && !columns && !isSecret(type) && !isChoice(type);
}

/** Leaves out choices, because a term that many jobs share fills the index and finds too much. */
function isChoice(type: z.ZodType): boolean {
  const { innerType, type: name } = type.def as { innerType?: z.ZodType; type: string };
  return name === "enum" || name === "boolean" || (innerType !== undefined && isChoice(innerType));
}

function textOf(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  return Array.isArray(value) ? value.flatMap(textOf) : [];
}
