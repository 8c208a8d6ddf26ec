/** One filled example of each page, and of each page's empty or refused form. */

import type { IconName } from "../../server/job.ts";
import type { FieldView, Option, ScheduleView } from "../../server/presenters/form.ts";
import type { TrayView } from "../../server/presenters/layout.ts";
import type { JobView, ResultView } from "../../server/presenters/view-types.ts";
import type { Pages } from "../../server/templates.ts";
import {
  emptyResult,
  jobs,
  layout,
  logLines,
  logOf,
  result,
  resultOf,
  time,
} from "../support/view-fixtures.ts";

/** A page's template and its data; the key says what it shows. */
export type PageFixture = { [N in keyof Pages]: { template: N; data: Pages[N] } }[keyof Pages];

const kindIcons: Record<string, IconName> = {
  contact_import: "import",
  contact_export: "export",
  email_campaign: "mail",
  audience_report: "chart",
  contact_clean: "sparkles",
};

function options(chosen: string, ...labels: string[]): Option[] {
  return labels.map((label) => ({ value: label.toLowerCase(), label, selected: label === chosen }));
}

function field(name: string, label: string, different: Partial<FieldView> = {}): FieldView {
  return {
    name,
    label,
    type: "text",
    value: "",
    checked: false,
    options: [],
    required: true,
    help: "",
    error: "",
    accept: "",
    fileText: "",
    ...different,
  };
}

function jobPage(job: JobView, left: ResultView = emptyResult): PageFixture {
  const refresh = { seconds: 4, checkHref: job.href, toggleHref: `${job.href}?refresh=off` };
  return {
    template: "jobs/show",
    data: {
      layout: {
        ...layout,
        title: job.title,
        topics: [`job:${job.id}`],
        refresh: job.active ? refresh : null,
      },
      job,
      result: resultOf(job, left),
      log: logOf(job.id, job.started ? logLines : [], {
        follows: job.active,
        earlier: { href: `${job.href}?before=1#log`, hidden: job.status !== "failed" },
      }),
      actions: {
        id: job.id,
        buttons: job.buttons,
        token: layout.token,
        sound: job.active ? false : null,
      },
      history: {
        id: job.id,
        lines: [
          { text: "You downloaded people.csv", at: time("14:31"), newJobHref: null },
          {
            text: "Grace Hopper started it again",
            at: time("14:20"),
            newJobHref: jobs.running.href,
          },
          { text: "Ada Lovelace started it, through the API", at: time("14:03"), newJobHref: null },
        ],
      },
      about: {
        id: job.id,
        owner: "Started by Ada Lovelace",
        input: [
          { label: "File", value: "autumn-fair.csv, 8.1 MB" },
          { label: "Contacts that are there already", value: "Update them" },
        ],
        change: {
          href: `/jobs/new/${job.kind}?from_job=${job.id}`,
          text: job.active ? "Start another like it" : "Change and run again",
        },
        keptUntil: job.active ? null : time(),
        retryOf:
          job.status === "failed"
            ? { href: jobs.cancelled.href, text: "the job of 22 Nov, 09:12" }
            : null,
      },
    },
  };
}

const filter = {
  q: "",
  statuses: options(
    "Any status",
    "Any status",
    "Running",
    "Waiting",
    "Paused",
    "Done",
    "Failed",
    "Cancelled",
  ),
  types: options(
    "Every kind",
    "Every kind",
    "Import contacts",
    "Export contacts",
    "Audience report",
  ),
  spans: options("Any time", "Any time", "Today", "Last 7 days", "Last 30 days", "Between dates"),
  from: "",
  to: "",
  scopes: options("Mine", "Mine", "Everybody’s"),
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
      { status: "queued" as const, href: "/jobs?status=queued", text: "12 waiting" },
      { status: "done" as const, href: "/jobs?status=done", text: "1,204 done" },
    ],
  },
  notice: "",
  jobs: Object.values(jobs),
  bulk: {
    countText: "50 jobs shown",
    allText: "All 2,314 that match",
    fields: [{ name: "status", value: "failed" }],
  },
  olderHref: "/jobs?before=0198",
  newestHref: null,
};

const when: ScheduleView = {
  open: false,
  choices: options("Now", "Now", "Tonight at 02:00", "Tomorrow at 09:00", "At the time given here"),
  at: "",
  zone: "",
  zoneText: "UTC",
  fixed: false,
  error: "",
};
const from = { href: jobs.done.href, started: time("14:03") };

const mapping: Pages["jobs/mapping"] = {
  layout: { ...layout, title: "Import contacts", section: "new" },
  title: "Import contacts",
  action: "/jobs",
  hidden: [
    { name: "type", value: "contact_import" },
    { name: "idempotency_key", value: "k-1" },
    { name: "upload_id", value: "u-1" },
  ],
  file: { name: "autumn-fair.csv", size: "8.1 MB", rows: "about 100,000 rows" },
  detected: [
    { label: "Encoding", value: "UTF-8" },
    { label: "Columns separated by", value: "semicolon" },
  ],
  columns: [
    ["E-Mail", "Email", "ada@example.com", "grace.hopper@navy.example.com", "linus@example.org"],
    ["Vorname", "First name", "Ada", "Grace", "Linus"],
    ["Nachname", "Last name", "Lovelace", "Hopper", "Torvalds"],
    ["Firma", "Company", "Analytical Engines & Co. KG", "US Navy", ""],
    ["Tel.", "Phone", "+44 20 7946 0018", "", "+358 9 1234"],
    ["Notizen", "Left out", '=HYPERLINK("http://x")', "", "<b>fett</b>"],
  ].map(([header = "", chosen = "", ...samples], place) => ({
    name: `column_${place}`,
    header,
    samples,
    options: options(chosen, "Left out", "Email", "First name", "Last name", "Company", "Phone"),
    error: "",
  })),
  preview: [
    [
      "ada@example.com",
      "Ada",
      "Lovelace",
      "Analytical Engines & Co. KG",
      "+44 20 7946 0018",
      "=HYPERLINK(…)",
    ],
    ["grace.hopper@navy.example.com", "Grace", "Hopper", "US Navy", "", ""],
  ],
  fields: [
    field("duplicates", "Contacts that are there already", {
      type: "select",
      options: options("Update them", "Update them", "Leave them alone"),
    }),
  ],
  from: null,
  when,
  error: "",
  usually: "Usually 1-3 minutes",
  changeFileHref: "/jobs/new/contact_import",
};

const form: Pages["jobs/form"] = {
  layout: { ...layout, title: "Write to your audience", section: "new" },
  kind: "email_campaign",
  title: "Write to your audience",
  description:
    "Sends one message to everybody, or to those of one company. Each person gets it once.",
  action: "/jobs",
  multipart: false,
  hidden: [
    { name: "type", value: "email_campaign" },
    { name: "idempotency_key", value: "k-2" },
  ],
  fields: [
    field("subject", "Subject", { value: "Advent calendar" }),
    field("sender", "Reply address", {
      type: "email",
      value: "ada@",
      error: "“ada@” has no domain",
    }),
    field("body", "Message", {
      type: "textarea",
      help: "{{first_name}} is put in for each person.",
    }),
    field("company", "Only people of", {
      type: "select",
      required: false,
      options: options("Everybody", "Everybody", "US Navy"),
    }),
    field("per_minute", "Messages a minute", { type: "number", value: "600" }),
    field("test", "Only send it to me, as a test", {
      type: "checkbox",
      checked: true,
      required: false,
    }),
  ],
  from,
  when: {
    ...when,
    open: true,
    choices: options(
      "At the time given here",
      "Now",
      "Tonight at 02:00",
      "Tomorrow at 09:00",
      "At the time given here",
    ),
    at: "2026-11-23T02:00",
    zoneText: "Europe/Berlin",
    fixed: true,
    error: "This time has passed. Choose a later one, or “Now”",
  },
  error: "One field needs another look.",
  submitLabel: "Send",
  usually: "Usually 1-3 minutes",
};

const tray: TrayView = {
  count: 7,
  countText: "7",
  jobs: [jobs.running, jobs.unknownTotal, jobs.retrying, jobs.queued, jobs.scheduled],
};

const contacts: Pages["contacts/index"] = {
  layout: { ...layout, title: "Contacts", section: "contacts", topics: [], tray },
  q: "",
  countText: "99,702 contacts",
  none: false,
  contacts: ["Ada Lovelace", "Grace Hopper", "Katherine Johnson", "Margaret Hamilton"].map(
    (name, place) => ({
      name,
      email: `${name.toLowerCase().replace(" ", ".")}@a-rather-long-company-name.example.com`,
      company: place % 2 ? "" : "Analytical Engines & Co. KG",
      phone: place % 3 ? "" : "+44 20 7946 0018",
      job: place === 1 ? null : { href: jobs.done.href, title: "Import contacts" },
      updated: time("14:09"),
    }),
  ),
  job: {
    id: jobs.done.id,
    title: "Import contacts",
    href: jobs.done.href,
    clearHref: "/contacts",
  },
  nextHref: "/contacts?after=ada",
  firstHref: "/contacts",
  importHref: "/jobs/new/contact_import",
};

const stranger = { ...layout, person: null, section: null, topics: [] };

function errorPage(status: number, heading: string, message: string): PageFixture {
  return {
    template: "errors/error",
    data: {
      layout: { ...layout, title: heading, section: null, topics: [] },
      status,
      heading,
      message,
      links: [{ href: "/jobs", text: "To the jobs" }],
      requestId: status === 500 ? "req-7f3a" : "",
    },
  };
}

const bulk: PageFixture = {
  template: "jobs/bulk_confirmation",
  data: {
    layout: { ...layout, title: "Cancel" },
    heading: "Cancel 2,310 jobs?",
    which: "My jobs · failed · “winter”",
    sentences: ["What waits is cancelled at once.", "4 other jobs that match ended already."],
    button: "Cancel 2,310 jobs",
    danger: true,
    fields: [{ name: "action", value: "cancel" }],
    backHref: "/jobs?status=active",
  },
};

export const pages: Record<string, PageFixture> = {
  "jobs-bulk": bulk,
  jobs: { template: "jobs/index", data: list },
  "jobs-none": { template: "jobs/index", data: { ...list, jobs: [], olderHref: null } },
  "jobs-no-match": {
    template: "jobs/index",
    data: { ...list, jobs: [], olderHref: null, filter: { ...filter, q: "zebra", active: true } },
  },
  "job-running": jobPage(jobs.running),
  "job-unknown-total": jobPage(jobs.unknownTotal),
  "job-long": jobPage(jobs.stalled),
  "job-queued": jobPage(jobs.queued),
  "job-retrying": jobPage(jobs.retrying),
  "job-paused": jobPage(jobs.paused),
  "job-done": jobPage(jobs.done, result),
  "job-failed": jobPage(jobs.failed),
  "job-cancelled": jobPage(jobs.cancelled),
  "new": {
    template: "jobs/new",
    data: {
      layout: { ...layout, title: "New job", section: "new" },
      kinds: [
        ["contact_import", "Import contacts", "Brings the rows of a CSV file into your audience."],
        ["contact_export", "Export contacts", "Writes your audience to a CSV file."],
        ["email_campaign", "Write to your audience", "Sends one message to everybody, once each."],
        ["audience_report", "Audience report", "Counts, groups and charts, as a page and a PDF."],
        ["contact_clean", "Clean contacts", "Finds duplicates and addresses that cannot be right."],
      ].map(([kind = "", title = "", description = ""]) => ({
        kind,
        icon: kindIcons[kind] ?? "box",
        title,
        description,
        href: `/jobs/new/${kind}`,
        usually: kind === "contact_clean" ? "" : "Usually 1-3 minutes",
      })),
    },
  },
  form: { template: "jobs/form", data: form },
  "form-upload": {
    template: "jobs/form",
    data: {
      ...form,
      kind: "contact_import",
      title: "Import contacts",
      description: "Brings the rows of a CSV file into your audience.",
      action: "/uploads",
      multipart: true,
      fields: [
        field("file", "CSV file", { type: "file", accept: "text/csv,.csv", help: "Up to 1 GB." }),
      ],
      when: null,
      error: "",
      submitLabel: "Upload",
    },
  },
  "form-uploaded": {
    template: "jobs/form",
    data: {
      ...form,
      fields: [
        field("upload_id", "CSV file", {
          type: "file",
          value: "u-1",
          fileText: "autumn-fair.csv, 8.1 MB",
        }),
      ],
    },
  },
  mapping: { template: "jobs/mapping", data: mapping },
  already: {
    template: "jobs/duplicate",
    data: {
      layout: {
        ...layout,
        title: jobs.running.title,
        section: "new",
        topics: [`row:${jobs.running.id}`],
      },
      heading: "This job is running already",
      who: "Grace Hopper",
      job: jobs.running,
      action: "/jobs",
      hidden: [
        { name: "type", value: "contact_import" },
        { name: "idempotency_key", value: "k-1" },
        { name: "anyway", value: "1" },
      ],
    },
  },
  "mapping-refused": {
    template: "jobs/mapping",
    data: {
      ...mapping,
      error: "No column holds the email.",
      columns: mapping.columns.map((column, place) =>
        place === 0 ? { ...column, error: "Is this the email?" } : column,
      ),
    },
  },
  contacts: { template: "contacts/index", data: contacts },
  "contacts-none": {
    template: "contacts/index",
    data: { ...contacts, none: true, contacts: [], job: null, nextHref: null, firstHref: null },
  },
  "contacts-no-match": {
    template: "contacts/index",
    data: {
      ...contacts,
      q: "zebra",
      countText: "No contact matches",
      contacts: [],
      job: null,
      nextHref: null,
    },
  },
  "sign-in": {
    template: "sessions/sign_in",
    data: {
      layout: { ...stranger, title: "Sign in" },
      email: "ada@example.com",
      error: "Email or password is wrong.",
      next: "/jobs",
      demo: { email: "demo@headway.example", password: "headway-demo" },
    },
  },
  "sign-up": {
    template: "sessions/sign_up",
    data: {
      layout: { ...stranger, title: "Make an account" },
      name: "Ada",
      email: "ada@example.com",
      errors: { name: "", email: "There is an account with this email already.", password: "" },
      next: "/jobs",
    },
  },
  settings: {
    template: "settings/index",
    data: {
      layout: {
        ...layout,
        title: "Settings",
        section: "settings",
        flash: { tone: "good", text: "Token made." },
      },
      sessions: [
        {
          id: "s1",
          device: "Firefox on Linux",
          address: "203.0.113.7",
          current: true,
          signedIn: time(),
          revokeHref: "/settings/sessions/s1/revoke",
        },
        {
          id: "s2",
          device: "Safari on iPhone",
          address: "",
          current: false,
          signedIn: time(),
          revokeHref: "/settings/sessions/s2/revoke",
        },
      ],
      tokens: [
        {
          id: "t1",
          name: "Nightly export",
          created: time(),
          lastUsed: time(),
          revokeHref: "/settings/tokens/t1/revoke",
        },
        {
          id: "t2",
          name: "Shop",
          created: time(),
          lastUsed: null,
          revokeHref: "/settings/tokens/t2/revoke",
        },
      ],
      newToken: "hw_9bT2xkQ4mZr7uYc1eWn8aLs5dFg6hJk3",
      tokenError: "",
      createTokenHref: "/settings/tokens",
      sound: true,
      openResult: false,
      timeZones: options("That of this browser", "That of this browser", "UTC", "Europe/Berlin"),
    },
  },
  "error-404": errorPage(
    404,
    "There is no such page",
    "The address may be mistyped, or the job was removed.",
  ),
  "error-403": errorPage(
    403,
    "This job is somebody else’s",
    "Ask its owner for the result, or look at your own jobs.",
  ),
  "error-422": errorPage(
    422,
    "This form is too old",
    "It was open for long, or you signed in again since. Go back, reload and send it once more.",
  ),
  "error-503": errorPage(
    503,
    "The database does not answer",
    "Jobs that were running go on as soon as it is back. Try again in a moment.",
  ),
  "error-500": errorPage(
    500,
    "This page failed to load",
    "It was written to the server’s log. Your jobs are not affected.",
  ),
};
