import type { JobView } from "../../../presenters/job.ts";
import { time } from "../layout.ts";
import { again, jobView, numbered } from "./job-view.ts";

const final = { active: false, message: "", estimate: "", finished: time("14:09") };
const stoppedSteps: JobView["steps"] = [
  { name: "Check the file", state: "done", text: "3 s" },
  { name: "Import the rows", state: "stopped", text: "" },
];

/** A job in each display status that is final. */
export const endedJobs = {
  done: jobView({
    ...final,
    id: numbered(10),
    status: "done",
    displayStatus: "partly-done",
    label: "Done with rejects",
    percent: 100,
    percentText: "100 %",
    amount: "100,000 of 100,000 rows",
    elapsed: "3 min 2 s",
    steps: [
      { name: "Check the file", state: "done", text: "3 s" },
      { name: "Import the rows", state: "done", text: "2 min 59 s" },
    ],
    counts: [
      { name: "succeeded", label: "imported", value: "99,702" },
      { name: "rejected", label: "rejected", value: "188" },
      { name: "skipped", label: "skipped", value: "110" },
    ],
    outcome: "Imported 99,702 of 100,000 rows, 188 rows rejected",
    result: {
      href: "/contacts?job=0198c5d2-7a41-7c3e-9f10-000000000010",
      text: "View imported contacts",
    },
    buttons: again("Run again"),
  }),
  exported: jobView({
    ...final,
    id: numbered(13),
    kind: "contact_export",
    title: "Export contacts",
    status: "done",
    displayStatus: "done",
    label: "Done",
    percent: 100,
    percentText: "100 %",
    elapsed: "12 s",
    steps: [],
    counts: [{ name: "succeeded", label: "done", value: "99,702" }],
    outcome: "Exported 99,702 contacts",
    buttons: again("Run again"),
  }),
  nothingDone: jobView({
    ...final,
    id: numbered(14),
    status: "done",
    displayStatus: "nothing-done",
    label: "Nothing imported",
    percent: 100,
    percentText: "100 %",
    elapsed: "1 s",
    steps: [
      { name: "Reading the file", state: "done", text: "1 s" },
      { name: "Saving contacts", state: "done", text: "0 s" },
    ],
    counts: [{ name: "rejected", label: "rejected", value: "6" }],
    outcome: "Nothing imported: all 6 rows were rejected",
    buttons: again("Run again"),
  }),
  failed: jobView({
    ...final,
    id: numbered(11),
    kind: "contact_export",
    title: "Export contacts",
    status: "failed",
    displayStatus: "failed",
    label: "Failed",
    error: "The disk is full: contacts.csv needs about 120 MB and 14 MB are free.",
    advice: "Make room in the storage folder, then retry. The job starts again from the first row.",
    elapsed: "48 s",
    stoppedAt: "in step 2 of 2: Import the rows, after 42,318 of 100,000 rows",
    buttons: again("Retry"),
    steps: stoppedSteps,
    counts: [{ name: "succeeded", label: "written", value: "42,318" }],
  }),
  cancelled: jobView({
    ...final,
    id: numbered(12),
    status: "cancelled",
    displayStatus: "cancelled",
    label: "Cancelled",
    outcome: "Cancelled after saving 42,241 of 100,000 rows. Saved contacts were kept.",
    buttons: again("Restart"),
    elapsed: "1 min 12 s",
    steps: stoppedSteps,
  }),
} satisfies Record<string, JobView>;
