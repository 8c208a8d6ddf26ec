/** The words that a job is found by: those of its file's name and of what it was started with. Pure. */
import type { z } from "zod";
import type { Kind } from "../../job.ts";
import { isSecret } from "./secret.ts";

/** Enough to find it again, and few enough that a start stays cheap. */
const mostWords = 30;
const mostLetters = 40;
/** An input may be a whole letter. */
const mostText = 2_000;

/** "Zürich-März 2026.csv" as zurich, marz, 2026, csv: each once, in lower case, without accents. */
export function wordsOf(text: string): string[] {
  const plain = text.slice(0, mostText).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = plain.match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words.map((word) => word.slice(0, mostLetters)))];
}

/**
 * @param kind undefined where its file is gone: then nobody knows which of the inputs are secret
 * @param subject the name of its file
 */
export function wordsOfJob(
  kind: Pick<Kind, "input"> | undefined,
  subject: string | null,
  input: Record<string, unknown>,
): string[] {
  const texts = Object.entries(kind?.input.shape ?? {}).flatMap(([field, type]) =>
    isFound(type as z.ZodType) ? textOf(input[field]) : [],
  );
  return wordsOf([subject ?? "", ...texts].join(" ")).slice(0, mostWords);
}

/** A secret is not to be found, and the id of a file and what its columns hold are no words. */
function isFound(type: z.ZodType): boolean {
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
