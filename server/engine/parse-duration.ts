import type { Duration } from "../job.ts";

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * @returns milliseconds
 * @throws if the text is not a number with a unit
 */
export function parseDuration(text: Duration): number {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (!found) throw new Error(`"${text}" is not a duration such as "90s" or "2h"`);
  return Number(found[1]) * unitMs[found[2] as keyof typeof unitMs];
}
