import type { JobView } from "../../../presenters/job.ts";
import type { OutputView } from "../../../presenters/output.ts";

/** The text of a job. @param text with lines */
export function outputOf(job: JobView, text = ""): OutputView {
  const { id, version, renderedAt, active } = job;
  return {
    ...{ id, version, renderedAt, isFinal: !active, isProse: false, from: 0, length: text.length },
    lines: text ? text.split("\n") : [],
    note: text ? `The last ${text.length} of 312,004 characters` : "",
    downloadHref: `/jobs/${id}/output`,
  };
}
