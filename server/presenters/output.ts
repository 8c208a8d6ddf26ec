/** Presents the text that a job writes with `job.output`. All viewers share one view. */
import type { JobSummaryRow, KindSummary } from "../engine/job-summary.ts";
import { isFinal } from "../engine/status.ts";
import { formatNumber } from "../text/counts.ts";

/** The whole card. */
export interface OutputView extends OutputTextView {
  /** "The last 20,000 of 312,004 characters", or empty if the card shows all. */
  note: string;
  downloadHref: string;
  /** Whether it is text to read, and not like code. */
  isProse: boolean;
  isFinal: boolean;
  version: number;
  /** ms since 1970 */
  renderedAt: number;
}

/** A piece of the text, which pages append to what they have. */
export interface OutputTextView {
  id: string;
  /** The position of the first line in the whole text, and the length of that, in UTF-16 units. */
  from: number;
  length: number;
  /** Line breaks are lost in the event stream, so templates write them as entities. */
  lines: string[];
}

/** A part of the text, as `JobReader.output` reads it. */
export interface OutputPart {
  from: number;
  text: string;
  length: number;
}

export function outputTextView(id: string, { from, text, length }: OutputPart): OutputTextView {
  return { id, from, length, lines: text === "" ? [] : text.split("\n") };
}

/**
 * @param kind undefined if the kind was removed
 * @param now ms since 1970
 */
export function outputView(
  row: JobSummaryRow,
  kind: Pick<KindSummary, "output"> | undefined,
  part: OutputPart,
  now: number,
): OutputView {
  const shown = part.length - part.from;
  const note =
    part.from > 0
      ? `The last ${formatNumber(shown)} of ${formatNumber(part.length)} characters`
      : "";
  return {
    ...outputTextView(row.id, part),
    isProse: kind?.output === "prose",
    ...{ note, downloadHref: `/jobs/${row.id}/output`, isFinal: isFinal(row.status) },
    ...{ version: row.version, renderedAt: now },
  };
}
