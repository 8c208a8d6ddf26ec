import { jobs } from "../jobs.ts";
import { layout } from "../layout.ts";
import { options } from "./fields.ts";
import type { PageExample, PageExamples } from "./page-example.ts";

const filter = {
  q: "",
  statuses: options(
    "Any status",
    "Any status",
    "Running",
    "Queued",
    "Paused",
    "Done",
    "Failed",
    "Cancelled",
  ),
  types: options("Any kind", "Any kind", "Import contacts", "Export contacts", "Audience report"),
  spans: options("Any time", "Any time", "Today", "Last 7 days", "Last 30 days", "Between dates"),
  from: "",
  to: "",
  scopes: options("My jobs", "My jobs", "Everyone's jobs"),
  active: false,
  clearHref: "/jobs",
};

const list = {
  layout: {
    ...layout,
    refresh: { seconds: 5, checkHref: "/jobs", toggleHref: "/jobs?refresh=off" },
    script: "/dashboard.js?v=1",
  },
  filter,
  counts: {
    scope: "mine" as const,
    renderedAt: 1_763_906_712_345,
    counts: [
      { status: "running" as const, href: "/jobs?status=running", text: "3 running" },
      { status: "queued" as const, href: "/jobs?status=queued", text: "12 queued" },
      { status: "done" as const, href: "/jobs?status=done", text: "1,204 done" },
    ],
  },
  notice: "",
  jobs: Object.values(jobs),
  bulk: {
    countText: "50 jobs shown",
    allText: "All 2,314 matching jobs",
    fields: [{ name: "status", value: "failed" }],
  },
  olderHref: "/jobs?before=0198",
  newestHref: null,
};

const bulk: PageExample = {
  template: "jobs/bulk_confirmation",
  data: {
    layout: { ...layout, title: "Cancel" },
    heading: "Cancel 2,310 jobs?",
    which: "My jobs · failed · “winter”",
    sentences: [
      "Queued jobs are cancelled. Running jobs stop safely and keep finished work.",
      "4 other matching jobs are already finished and won't change.",
    ],
    button: "Cancel 2,310 jobs",
    danger: true,
    fields: [{ name: "action", value: "cancel" }],
    backHref: "/jobs?status=active",
  },
};

/** The list of jobs, and the question before many of them are cancelled. */
export const dashboardPages: PageExamples = {
  "jobs-bulk": bulk,
  jobs: { template: "jobs/index", data: list },
  "jobs-none": { template: "jobs/index", data: { ...list, jobs: [], olderHref: null } },
  "jobs-no-match": {
    template: "jobs/index",
    data: { ...list, jobs: [], olderHref: null, filter: { ...filter, q: "zebra", active: true } },
  },
};
