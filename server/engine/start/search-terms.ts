/** The words that a job is found by: those of its file's name and of what it was started with. Pure. */
import type { z } from "zod";
import type { Kind } from "../../job.ts";
import { isSecret } from "./is-secret.ts";

/** Enough to find it again, and few enough that a start stays cheap. */
const maxTerms = 30;
const maxTermLength = 40;
/** An input may be a whole letter. */
const maxTextLength = 2_000;

/** "Zürich-März 2026.csv" as zurich, marz, 2026, csv: each once, in lower case, without accents. */
export function searchTerms(text: string): string[] {
  const plain = text.slice(0, maxTextLength).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = plain.match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words.map((word) => word.slice(0, maxTermLength)))];
}

/**
 * @param kind undefined where its file is gone: then nobody knows which of the inputs are secret
 * @param subject the name of its file
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

/** A secret is not to be found, and the id of a file and what its columns hold are no words. */
function isSearchable(type: z.ZodType): boolean {
  const { upload, columns } = type.meta?.() ?? {};
  return !upload && !columns && !isSecret(type) && !isChoice(type);
}

/** Many jobs have the same choice: it is a filter's matter, and would fill the index. */
function isChoice(type: z.ZodType): boolean {
  const { innerType, type: name } = type.def as { innerType?: z.ZodType; type: string };
  return name === "enum" || name === "boolean" || (innerType !== undefined && isChoice(innerType));
}

function textOf(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  return Array.isArray(value) ? value.flatMap(textOf) : [];
}
