import { jobs } from "../jobs.ts";
import { layout } from "../layout.ts";
import type { PageExample, PageExamples } from "./page-example.ts";

const rejectedRows: PageExample = {
  template: "jobs/rejected_rows",
  data: {
    layout: { ...layout, title: "Fix 188 rejected rows" },
    jobHref: jobs.done.href,
    job: "Import contacts, people.csv",
    heading: "Fix 188 rejected rows",
    action: `${jobs.done.href}/rejected-rows`,
    hidden: [],
    header: ["Email", "Notes"],
    rows: [
      {
        reason: "No @ in the email",
        cells: [
          { name: "cell-0-0", label: "Email, row 1", value: "ada.example.com", isWrong: true },
          { name: "cell-0-1", label: "Notes, row 1", value: "two\nlines", isWrong: false },
        ],
      },
    ],
    note: "These are the first 100 of 188 rows.",
    downloadHref: `${jobs.done.href}/result?file=1`,
    button: "Retry these 100 rows",
    error: "Correct at least one cell: these rows would be rejected again.",
  },
};

/** The page on which rejected rows are mended. */
export const rejectedRowsPages: PageExamples = { "jobs-rejected-rows": rejectedRows };
