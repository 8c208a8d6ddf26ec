import { span } from "../jobs/shown/format.ts";

/** "Usually about 1 min 30 s", or nothing where nothing is known. */
export function usually(seconds: number | null): string {
  return seconds === null ? "" : `Usually about ${span(seconds * 1_000)}`;
}
