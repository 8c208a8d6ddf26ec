import type { IconName } from "../../job.ts";
import type { JobView } from "../../presenters/job.ts";
import type { ButtonView } from "../../presenters/job-actions.ts";
import type { LayoutData } from "../../presenters/layout.ts";
import type { JobLog, LogLineView } from "../../presenters/log.ts";
import type { OutputView } from "../../presenters/output.ts";
import type { ResultView } from "../../presenters/result.ts";
import type { TimeView } from "../../text/dates.ts";

/** A time in November, with the text of the server. */
export function time(clock = "14:05"): TimeView {
  return { iso: `2026-11-23T${clock}:00.000Z`, text: `Nov 23, ${clock}` };
}

export const layout: LayoutData = {
  title: "Jobs",
  section: "jobs",
  person: { name: "Ada Lovelace", email: "ada@example.com" },
  tray: null,
  preferences: { sound: false, openResult: false, timeZone: null },
  token: "token-of-the-session",
  flash: null,
  topics: ["jobs:mine"],
  since: "1763906700000",
  refresh: null,
  css: "/app.css?v=1",
  js: "/app.js?v=1",
  script: null,
  devScript: null,
};

const button = {
  resume: { path: "resume", label: "Resume", icon: "play", variant: "primary" },
  pause: { path: "pause", label: "Pause", icon: "pause", variant: "" },
  cancel: { path: "cancel", label: "Cancel", icon: "x-circle", variant: "danger" },
} satisfies Record<string, ButtonView>;
const again = (label: string): ButtonView[] => [
  { path: "retry", label, icon: "refresh", variant: "" },
];

export const kindIcons: Record<string, IconName> = {
  contact_import: "import",
  contact_export: "export",
  email_campaign: "mail",
  audience_report: "chart",
  contact_clean: "sparkles",
};

/** A running import of 100,000 contacts at 42 %. @param different other values of properties */
export function jobView(different: Partial<JobView> = {}): JobView {
  const id = different.id ?? "0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e9f";
  const view: Omit<JobView, "when" | "doing"> = {
    id,
    kind: "contact_import",
    icon: kindIcons[different.kind ?? "contact_import"] ?? "box",
    title: "Import contacts",
    subject: "autumn-fair.csv",
    href: `/jobs/${id}`,
    status: "running",
    displayStatus: "running",
    label: "Running",
    active: true,
    offers: "",
    version: 87,
    renderedAt: 1_763_906_712_345,
    percent: 42,
    percentText: "42 %",
    amount: "42,318 of 100,000 rows",
    message: "Importing autumn-fair.csv",
    estimate: "about 2 minutes left",
    elapsed: "1 min 12 s",
    stepText: "Step 2 of 2: Import the rows (41 %)",
    steps: [
      { name: "Check the file", state: "done", text: "3 s" },
      { name: "Import the rows", state: "running", text: "41 %" },
    ],
    counts: [
      { name: "succeeded", label: "imported", value: "42,241" },
      { name: "rejected", label: "rejected", value: "77" },
    ],
    outcome: "",
    error: "",
    advice: "",
    stoppedAt: "",
    result: null,
    buttons: [button.pause, button.cancel],
    starts: null,
    wakes: null,
    restoredFrom: null,
    created: time("14:03"),
    started: time("14:04"),
    finished: null,
    ...different,
  };
  const { stepText, amount, message } = view;
  return {
    doing: [stepText, amount, message].filter(Boolean).join(" · "),
    when: view.finished ?? view.starts ?? view.started ?? view.created,
    ...view,
  };
}

const waiting = {
  percent: null,
  percentText: "",
  amount: "",
  elapsed: "",
  counts: [],
  started: null,
};
const final = { active: false, message: "", estimate: "", finished: time("14:09") };
const stoppedSteps: JobView["steps"] = [
  { name: "Check the file", state: "done", text: "3 s" },
  { name: "Import the rows", state: "stopped", text: "" },
];

function numbered(number: number): string {
  return `0198c5d2-7a41-7c3e-9f10-${String(number).padStart(12, "0")}`;
}

/** A job in each display status, then unusual ones. */
export const jobs = {
  running: jobView(),
  unknownTotal: jobView({
    id: numbered(1),
    kind: "contact_export",
    title: "Export contacts",
    percent: null,
    percentText: "38,112 rows so far",
    amount: "",
    message: "Writing contacts.csv",
    estimate: "",
    stepText: "",
    steps: [],
    counts: [],
  }),
  stalled: jobView({
    id: numbered(2),
    kind: "email_campaign",
    title:
      "Send “Winter opening hours, the new bakery on Harbour Street and everything else that changed since our last letter”",
    message:
      "Waiting for the mail server smtp.a-very-long-host-name.mail.example.com to accept message 8,204 of 500,000, which it put off with “450 4.7.1 try again later”",
    percent: 1,
    percentText: "1 %",
    amount: "8,203 of 500,000 messages",
    estimate: "No progress for 40 s",
    elapsed: "1 h 2 min",
    steps: [],
    counts: [{ name: "succeeded", label: "sent", value: "8,203" }],
  }),
  queued: jobView({
    ...waiting,
    id: numbered(3),
    kind: "audience_report",
    title: "Audience report",
    status: "queued",
    displayStatus: "queued",
    label: "Queued, 3rd in line",
    message: "",
    estimate: "Starts in about 2 minutes",
    stepText: "",
    steps: [],
  }),
  scheduled: jobView({
    ...waiting,
    id: numbered(4),
    kind: "email_campaign",
    title: "Send “Advent calendar”",
    status: "queued",
    displayStatus: "scheduled",
    label: "Scheduled",
    starts: time("18:00"),
    message: "",
    estimate: "",
    stepText: "",
    steps: [],
  }),
  retrying: jobView({
    id: numbered(5),
    kind: "audience_report",
    title: "Audience report",
    status: "queued",
    displayStatus: "retrying",
    label: "Retry 2 of 3 in 4 s: the chart service was busy (503)",
    percent: 60,
    percentText: "60 %",
    amount: "",
    message: "",
    estimate: "",
    stepText: "Step 3 of 4: Draw the charts",
    counts: [],
    steps: [
      { name: "Count the contacts", state: "done", text: "2 s" },
      { name: "Group by company", state: "done", text: "8 s" },
      { name: "Draw the charts", state: "waiting", text: "" },
      { name: "Write the PDF", state: "waiting", text: "" },
    ],
  }),
  resuming: jobView({
    id: numbered(6),
    status: "queued",
    displayStatus: "resuming",
    label: "Resuming after a lost worker for 3 s",
    estimate: "",
    message: "",
  }),
  waiting: jobView({
    id: numbered(15),
    status: "queued",
    displayStatus: "waiting",
    label: "Waiting 48 s: the service allows 100 letters a minute",
    wakes: time("14:06"),
    message: "",
  }),
  pausing: jobView({
    id: numbered(7),
    displayStatus: "pausing",
    label: "Pausing for 3 s",
    estimate: "",
    buttons: [button.cancel],
  }),
  paused: jobView({
    id: numbered(8),
    status: "paused",
    displayStatus: "paused",
    label: "Paused",
    message: "",
    estimate: "",
    buttons: [button.resume, button.cancel],
  }),
  restored: jobView({
    id: numbered(16),
    status: "paused",
    displayStatus: "paused",
    label: "Paused after a restore",
    message: "",
    estimate: "",
    restoredFrom: time("07:00"),
    buttons: [button.resume, button.cancel],
  }),
  cancelling: jobView({
    id: numbered(9),
    displayStatus: "cancelling",
    label: "Cancelling for 4 s",
    estimate: "",
    buttons: [],
  }),
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
  zero: jobView({
    id: numbered(17),
    subject: "empty.csv",
    percent: 0,
    percentText: "0 %",
    amount: "0 of 0 rows",
    message: "",
    estimate: "",
    elapsed: "0 s",
    counts: [{ name: "succeeded", label: "imported", value: "0" }],
  }),
  huge: jobView({
    id: numbered(18),
    subject: "everybody-on-earth.csv",
    amount: "9,007,199,254,740,991 of 18,014,398,509,481,982 rows",
    percent: 50,
    percentText: "50 %",
    estimate: "about 11,415 days left",
    elapsed: "2,310 d 4 h",
    counts: [
      { name: "succeeded", label: "imported", value: "9,007,199,254,740,000" },
      { name: "rejected", label: "rejected", value: "991" },
    ],
  }),
  longWords: jobView({
    id: numbered(19),
    title: "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzesentwurf importieren",
    subject: "donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft.csv",
    message:
      "https://example.com/a/very/long/address/without/any/space/to/break/at?and=a&query=too",
  }),
  rightToLeft: jobView({
    id: numbered(20),
    title: "استيراد جهات الاتصال",
    subject: "معرض الخريف.csv",
    message: "يتم استيراد الصف 42,318 من الملف",
  }),
} satisfies Record<string, JobView>;

export type StoredResult = Pick<
  ResultView,
  "page" | "files" | "zipHref" | "rejections" | "data" | "facts"
>;

export const emptyResult: StoredResult = {
  ...{ page: null, files: [], zipHref: null, rejections: [], data: null, facts: [] },
};

/** The results of the import with 188 rejected rows. */
export const result: StoredResult = {
  page: { href: `/contacts?job=${jobs.done.id}`, text: "View imported contacts" },
  files: [
    {
      id: numbered(101),
      href: `/jobs/${jobs.done.id}/result?file=${numbered(101)}`,
      openHref: null,
      name: "import-summary.pdf",
      size: "112 kB",
      role: "result",
      isMain: false,
      rows: "",
      expires: null,
      preview: null,
    },
    {
      id: numbered(102),
      href: `/jobs/${jobs.done.id}/result?file=${numbered(102)}`,
      openHref: null,
      name: "autumn-fair-rejected.csv",
      size: "24 kB",
      role: "rejected",
      isMain: false,
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
      href: `/jobs/${jobs.done.id}/result?file=${numbered(103)}`,
      openHref: null,
      name: "summary.txt",
      size: "812 B",
      role: "result",
      isMain: false,
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
      href: `/jobs/${jobs.done.id}/result?file=${numbered(104)}`,
      openHref: null,
      name: "by company.svg",
      size: "4.1 kB",
      role: "result",
      isMain: false,
      rows: "",
      expires: null,
      preview: { kind: "image" },
    },
    {
      id: numbered(106),
      href: `/jobs/${jobs.done.id}/result?file=${numbered(106)}`,
      openHref: `/jobs/${jobs.done.id}/result?file=${numbered(106)}&open=1`,
      name: "report.html",
      size: "9 kB",
      role: "result",
      isMain: false,
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
  zipHref: `/jobs/${jobs.done.id}/results.zip`,
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

/** The text of a job. @param text with lines */
export function outputOf(job: JobView, text = ""): OutputView {
  const { id, version, renderedAt, active } = job;
  return {
    ...{ id, version, renderedAt, isFinal: !active, from: 0, length: text.length },
    lines: text ? text.split("\n") : [],
    note: text ? `The last ${text.length} of 312,004 characters` : "",
    downloadHref: `/jobs/${id}/output`,
  };
}

/** A page of a log. @param different other values of properties */
export function logOf(id: string, lines: LogLineView[], different: Partial<JobLog> = {}): JobLog {
  return {
    id,
    lines,
    level: "",
    last: lines.at(-1)?.seq ?? 0,
    part: false,
    marked: 0,
    levels: [
      { id: "log-level-all", label: "All lines", href: `/jobs/${id}#log`, current: true },
      {
        id: "log-level-warn",
        label: "Warnings and errors",
        href: `/jobs/${id}?level=warn#log`,
        current: false,
      },
    ],
    earlier: { href: `/jobs/${id}?before=1#log`, hidden: true },
    laterHref: null,
    newestHref: null,
    downloadHref: `/jobs/${id}/log`,
    follows: true,
    none: "Nothing logged yet.",
    ...different,
  };
}

export const logLines: LogLineView[] = [
  { seq: 1, level: "info", message: "Read 100,000 rows, 8 columns, UTF-8", time: time("14:04") },
  { seq: 2, level: "warn", message: "Row 14: missing email", time: time("14:04") },
  {
    seq: 3,
    level: "info",
    message: "Resumed after row 31,000 on another worker",
    time: time("14:05"),
  },
  {
    seq: 4,
    level: "error",
    message: "Row 42,007: “ada@” <is> invalid",
    time: time("14:05"),
  },
  {
    seq: 5,
    level: "note",
    message: "1,204 lines dropped: more than 1,000 a second",
    time: time("14:06"),
  },
];
