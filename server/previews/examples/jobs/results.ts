/** The results of jobs in examples. */
import type { JobView } from "../../../presenters/job.ts";
import type { ResultView } from "../../../presenters/result.ts";
import { time } from "../layout.ts";
import { endedJobs } from "./ended-jobs.ts";
import { numbered } from "./job-view.ts";

export type StoredResult = Pick<
  ResultView,
  "page" | "files" | "zipHref" | "rejections" | "data" | "facts"
>;

export const emptyResult: StoredResult = {
  ...{ page: null, files: [], zipHref: null, rejections: [], data: null, facts: [] },
};

/** The results of the import with 188 rejected rows. */
export const result: StoredResult = {
  page: { href: `/contacts?job=${endedJobs.done.id}`, text: "View imported contacts" },
  files: [
    {
      id: numbered(101),
      href: `/jobs/${endedJobs.done.id}/result?file=${numbered(101)}`,
      openHref: null,
      name: "import-summary.pdf",
      size: "112 kB",
      role: "result",
      isMain: false,
      isOpen: false,
      rows: "",
      expires: null,
      preview: null,
    },
    {
      id: numbered(102),
      href: `/jobs/${endedJobs.done.id}/result?file=${numbered(102)}`,
      openHref: null,
      name: "autumn-fair-rejected.csv",
      size: "24 kB",
      role: "rejected",
      isMain: false,
      isOpen: false,
      rows: "188 rows",
      expires: time(),
      preview: {
        kind: "table",
        header: ["Email", "First name", "", "reason"],
        rows: [
          ["", "Ada", "Lovelace", "Missing email"],
          ["grace@", "Grace", "<Hopper>", "No domain in the email"],
        ],
        note: "4 more columns",
      },
    },
    {
      id: numbered(103),
      href: `/jobs/${endedJobs.done.id}/result?file=${numbered(103)}`,
      openHref: null,
      name: "summary.txt",
      size: "812 B",
      role: "result",
      isMain: false,
      isOpen: false,
      rows: "",
      expires: null,
      preview: {
        kind: "text",
        lines: ["99,702 imported", "188 rejected", "  of these <76> are no address"],
        note: "First 3 lines",
      },
    },
    {
      id: numbered(104),
      href: `/jobs/${endedJobs.done.id}/result?file=${numbered(104)}`,
      openHref: null,
      name: "by company.svg",
      size: "4.1 kB",
      role: "result",
      isMain: false,
      isOpen: false,
      rows: "",
      expires: null,
      preview: { kind: "image" },
    },
    {
      id: numbered(106),
      href: `/jobs/${endedJobs.done.id}/result?file=${numbered(106)}`,
      openHref: `/jobs/${endedJobs.done.id}/result?file=${numbered(106)}&open=1`,
      name: "report.html",
      size: "9 kB",
      role: "result",
      isMain: false,
      isOpen: false,
      rows: "",
      expires: null,
      preview: null,
    },
    {
      id: numbered(105),
      href: null,
      openHref: null,
      name: "first-try.csv",
      size: "1.2 MB",
      role: "result",
      isMain: false,
      isOpen: false,
      rows: "",
      expires: null,
      preview: null,
    },
  ],
  data: { companies: 1_204, most_frequent: "Analytical <Engines>" },
  facts: [
    { label: "Companies", value: "1,204" },
    { label: "Most frequent", value: "Analytical <Engines>" },
  ],
  zipHref: `/jobs/${endedJobs.done.id}/results.zip`,
  rejections: [
    { reason: "Missing email", count: "112 rows", rows: "rows 14, 83, 1,204 and 109 more" },
    {
      reason: "No @ in the email",
      count: "76 rows",
      rows: "rows 92, 407, 5,118 and 73 more",
    },
  ],
};

export function resultOf(job: JobView, view: StoredResult = emptyResult): ResultView {
  const { id, kind, status, version, renderedAt } = job;
  return {
    ...{ id, kind, status, version, renderedAt, opens: false, input: {} },
    ...{ isFinal: !job.active, message: job.outcome || job.error },
    ...view,
  };
}
