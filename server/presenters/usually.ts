import type { Typical } from "../engine/eta/past.ts";
import { approximateDuration } from "../text/durations.ts";

const momentMs = 5_000;

/** "Usually 1-3 minutes", or nothing where nothing is known. */
export function typicalDurationText(typical: Typical | null): string {
  if (typical === null) return "";
  if (typical.to <= momentMs) return "Usually a few seconds";
  return `Usually ${approximateDuration(typical.from, typical.to)}`;
}
