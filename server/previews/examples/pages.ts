/** Examples of each page, with and without data, and with errors in forms. */

import type { ColumnMappingView, ColumnView } from "../../presenters/column-mapping.ts";
import type { FieldView, Option } from "../../presenters/form.ts";
import type { JobView } from "../../presenters/job.ts";
import type { TrayView } from "../../presenters/layout.ts";
import type { ScheduleView } from "../../presenters/schedule.ts";
import type { CredentialField } from "../../presenters/settings.ts";
import type { Pages } from "../../templates.ts";
import {
  emptyResult,
  jobs,
  kindIcons,
  layout,
  logLines,
  logOf,
  outputOf,
  result,
  resultOf,
  type StoredResult,
  time,
} from "./jobs.ts";

/** The template of a page and its data. */
export type PageExample = { [N in keyof Pages]: { template: N; data: Pages[N] } }[keyof Pages];

const undo = { name: "undo", label: "Undo this import", icon: "undo" as const, asks: true };
const importNow = { name: "import", label: "Import now", icon: "import" as const, asks: false };

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
    ...{ items: [], condition: null, attributes: {}, zone: null, fields: [] },
    mayBeMissing: false,
    ...different,
  };
}

function jobPage(job: JobView, left: StoredResult = emptyResult): PageExample {
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
      output: outputOf(job, job === jobs.running ? "First line\n<b>second</b>\n\nthird" : ""),
      result: resultOf(job, left),
      log: logOf(job.id, job.started ? logLines : [], {
        follows: job.active,
        earlier: { href: `${job.href}?before=1#log`, hidden: job.status !== "failed" },
        level: job.status === "failed" ? "warn" : "",
        laterHref: job.status === "failed" ? `${job.href}?after=5#log` : null,
        newestHref: job.status === "failed" ? `${job.href}#log` : null,
      }),
      actions: {
        id: job.id,
        buttons: job.buttons,
        followUps: job.active ? [] : [undo, importNow],
        started: job.active
          ? []
          : [{ text: "Undone by you", at: time("14:40"), href: jobs.done.href }],
        mend: job.active
          ? null
          : {
              href: `${job.href}/rejected-rows`,
              label: "Fix 188 rejected rows",
              variant: "primary",
            },
        token: layout.token,
        sound: job.active ? false : null,
      },
      history: {
        id: job.id,
        lines: [
          { text: "You downloaded people.csv", at: time("14:31"), newJobHref: null },
          {
            text: "Grace Hopper retried this job",
            at: time("14:20"),
            newJobHref: jobs.running.href,
          },
          {
            text: "Ada Lovelace started this job via the API",
            at: time("14:03"),
            newJobHref: null,
          },
        ],
      },
      about: {
        id: job.id,
        owner: "Started by Ada Lovelace",
        input: [
          { label: "File", value: "autumn-fair.csv, 8.1 MB" },
          { label: "Existing contacts", value: "Update" },
          { label: "Not after", value: "2026-11-23T07:00:00Z", time: time("07:00") },
          { label: "Checked by", value: "Check contacts, autumn-fair.csv", href: jobs.done.href },
        ],
        change: {
          href: `/jobs/new/${job.kind}?from_job=${job.id}`,
          text: job.active ? "Duplicate" : "Edit and run again",
        },
        deletedOn: job.active ? null : time(),
        retryOf:
          job.status === "failed" ? { href: jobs.cancelled.href, text: "the job of Nov 22" } : null,
      },
    },
  };
}

/** The page after the person has stopped its reloads. */
function refreshStopped({ template, data }: PageExample): PageExample {
  const refresh = { seconds: null, checkHref: "/jobs?refresh=off", toggleHref: "/jobs" };
  return { template, data: { ...data, layout: { ...data.layout, refresh } } } as PageExample;
}

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

const schedule: ScheduleView = {
  open: false,
  choices: options("Now", "Now", "Tonight at 02:00", "Tomorrow at 09:00", "At a specific time"),
  at: "",
  zone: "",
  zoneText: "UTC",
  fixed: false,
  error: "",
};
const from = { href: jobs.done.href, started: time("14:03") };

function columnView(header: string, chosen: string, samples: string[], place: number): ColumnView {
  return {
    place,
    name: `mapping.${place}`,
    header,
    samples,
    options: options(chosen, "Skip", "Email", "First name", "Last name", "Company", "Phone"),
    error: "",
    errorId: "",
    hasFocus: false,
  };
}

const columns = [
  ["E-Mail", "Email", "ada@example.com", "grace.hopper@navy.example.com", "linus@example.org"],
  ["Vorname", "First name", "Ada", "Grace", "Linus"],
  ["Nachname", "Last name", "Lovelace", "Hopper", "Torvalds"],
  ["Firma", "Company", "Analytical Engines & Co. KG", "US Navy", ""],
  ["Tel.", "Phone", "+44 20 7946 0018", "", "+358 9 1234"],
  ["Notizen", "Skip", '=HYPERLINK("http://x")', "", "<b>fett</b>"],
].map(([header = "", chosen = "", ...samples], place) =>
  columnView(header, chosen, samples, place),
);
const columnMapping: ColumnMappingView = {
  error: "",
  note: "No column holds the email yet. Choose the one that does.",
  columns,
  empty: [columnView("Fax", "Skip", [], 6)],
  emptyText: "1 column without values",
  others: {
    name: "mapping.others",
    label: "284 more columns",
    headers: "Birthday, Notes & more …",
    options: options("Custom field", "Skip", "Custom field"),
  },
};

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
  warnings: ["Row 7 has letters that can’t be read as UTF-8."],
  tableField: {
    ...field("sheet", "Sheet", {
      type: "select",
      value: "People",
      options: [
        { value: "People", label: "People", selected: true },
        { value: "Old", label: "Old (hidden)", selected: false },
      ],
    }),
    button: "Show this sheet",
  },
  detected: [
    { label: "Encoding", value: "UTF-8" },
    { label: "Delimiter", value: "semicolon" },
  ],
  columnMapping,
  preview: {
    header: columns.map(({ header }) => header),
    rows: [
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
  },
  trial: {
    summary: "12 of the first 1,000 rows would be rejected",
    reasons: "No @ in the email (9), Missing email (3)",
    header: ["Email", "First name", "City (custom field)"],
    rows: [["ada@example.com", "Ada", "<b>London</b>"]],
    note: "11 more custom fields, not shown here.",
  },
  fields: [
    field("duplicates", "Existing contacts", {
      type: "select",
      options: options("Update", "Update", "Keep as they are"),
    }),
  ],
  from: null,
  schedule,
  error: "",
  duration: "Usually 1-3 minutes",
  readingFields: [field("start_row", "First row of the table", { type: "number", value: "3" })],
  readAgainAction: "/jobs/new/contact_import",
  readingIsOpen: false,
  changeFileHref: "/jobs/new/contact_import",
  needs: "",
  otherButtons: [
    {
      ...{ name: "validate_only", label: "Check only", action: "" },
      help: "Says what an import would do.",
    },
  ],
  moreFiles: {
    text: "2 more files follow: friends.csv, a.csv",
    skipHref: "/jobs/new/contact_import?upload_id=0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e9f",
  },
};

const form: Pages["jobs/form"] = {
  layout: { ...layout, title: "Write to your audience", section: "new" },
  kind: "email_campaign",
  title: "Write to your audience",
  description: "Send one message to all contacts, or to those of one company.",
  action: "/jobs",
  multipart: false,
  upload: null,
  moreFiles: null,
  needs: "This kind of job needs MAIL_KEY. Whoever runs Headway has to set it.",
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
      help: "{{first_name}} is replaced for each contact.",
    }),
    field("company", "Only contacts of", {
      type: "select",
      required: false,
      options: options("All companies", "All companies", "US Navy"),
    }),
    field("per_minute", "Messages a minute", {
      ...{ type: "number", value: "600", attributes: { min: "1", step: "1" } },
    }),
    field("channels", "Channels", {
      ...{
        type: "multiple",
        options: options("Email", "Email", "Text message"),
        error: "Required",
        condition: { query: "test=false", text: "Not for a test" },
      },
    }),
    field("copies", "Copies to", { type: "lines", value: "ada@x.test\ngrace@x.test" }),
    field("until", "Not after", {
      ...{ type: "datetime", value: "2026-11-23T02:00", required: false },
      zone: {
        ...{ name: "until.zone", value: "America/New_York", text: "America/New York" },
        ...{ utc: "2026-11-23T07:00:00Z", fixed: false },
      },
    }),
    field("signature", "Signature", {
      ...{ type: "group", help: "As the letter shows it.", error: "Unknown sender" },
      condition: { query: "test=false", text: "Not for a test" },
      fields: [field("signature.name", "Name"), field("signature.title", "Title")],
    }),
    field("test", "Send a test to me only", {
      type: "checkbox",
      checked: true,
      required: false,
    }),
  ],
  from,
  schedule: {
    ...schedule,
    open: true,
    choices: options(
      "At a specific time",
      "Now",
      "Tonight at 02:00",
      "Tomorrow at 09:00",
      "At a specific time",
    ),
    at: "2026-11-23T02:00",
    zoneText: "Europe/Berlin",
    fixed: true,
    error: "This time has passed. Choose a later one, or “Now”",
  },
  error: "Fix the field marked below.",
  submitLabel: "Send",
  otherButtons: [],
  duration: "Usually 1-3 minutes",
};

const tray: TrayView = {
  count: 7,
  countText: "7",
  jobs: [jobs.running, jobs.unknownTotal, jobs.retrying, jobs.queued, jobs.scheduled],
};

const contacts: Pages["contacts/index"] = {
  layout: { ...layout, title: "Contacts", section: "contacts", topics: [], tray },
  q: "",
  sorts: options("Sort by email", "Sort by email", "Sort by name", "Sort newest first"),
  tags: options("Any tag", "Any tag", "VIP", "Newsletter"),
  countText: "99,702 contacts",
  notes: ["1 contact on this page was changed later."],
  none: false,
  emptyText: "",
  emptyAdvice: "",
  contacts: ["Ada Lovelace", "Grace Hopper", "Katherine Johnson", "Margaret Hamilton"].map(
    (name, place) => ({
      id: place + 1,
      href: `/contacts/${place + 1}`,
      name,
      email: {
        local: name.toLowerCase().replace(" ", "."),
        domain: "@a-rather-long-company-name.example.com",
      },
      company: place % 2 ? "" : "Analytical Engines & Co. KG",
      phone: place % 3 ? "" : "+44 20 7946 0018",
      tags: place % 2 ? [] : [{ name: "VIP", href: "/contacts?tag=VIP" }],
      source:
        place === 1
          ? { text: "Edited by a person", href: null, isLater: true }
          : { text: "Import contacts, autumn-fair.csv", href: jobs.done.href, isLater: false },
      updated: time("14:09"),
    }),
  ),
  job: {
    id: jobs.done.id,
    title: "Import contacts",
    href: jobs.done.href,
  },
  isFiltered: true,
  clearHref: "/contacts",
  firstHref: "/contacts",
  previousHref: "/contacts?before=ada",
  nextHref: "/contacts?after=ada",
  importHref: "/jobs/new/contact_import",
  exportHref: "/jobs/new/contact_export",
};

const contactLayout = {
  ...layout,
  title: "Ada Lovelace",
  section: "contacts" as const,
  topics: [],
};
const contact: Pages["contacts/show"] = {
  layout: contactLayout,
  heading: "Ada Lovelace",
  email: { local: "ada.lovelace", domain: "@a-rather-long-company-name.example.com" },
  mailHref: "mailto:ada.lovelace@a-rather-long-company-name.example.com",
  fields: [
    { label: "Company", value: "Analytical Engines & Co. KG" },
    { label: "Phone", value: "020 7946 0018" },
    { label: "City <small>", value: "London" },
  ],
  tags: [{ name: "VIP", href: "/contacts?tag=VIP", removeId: "remove-tag-1" }],
  created: time("14:03"),
  updated: time("14:09"),
  editHref: "/contacts/1/edit",
  deleteHref: "/contacts/1/delete",
  tagsAction: "/contacts/1/tags",
  knownTags: ["VIP", 'New "York"'],
  history: [
    {
      at: time("14:09"),
      verb: "Changed by",
      by: "Grace Hopper",
      href: null,
      changes: [{ label: "Company", before: "empty", after: "Analytical Engines & Co. KG" }],
    },
    {
      at: time("14:03"),
      verb: "Created by",
      by: "Import contacts, autumn-fair.csv",
      href: jobs.done.href,
      changes: [],
    },
  ],
};

const contactForm: Pages["contacts/edit"] = {
  layout: contactLayout,
  heading: "Ada Lovelace",
  backHref: "/contacts/1",
  action: "/contacts/1/edit",
  updatedAt: "1763906712345",
  fields: [
    field("email", "Email", { type: "email", value: "ada@", error: "No domain in the email" }),
    field("first_name", "First name", { value: "Ada", required: false }),
  ],
  customFields: [
    { number: 1, name: 'City "<b>', value: "London", isNew: false, error: "" },
    { number: 2, name: "", value: "x", isNew: true, error: "A field needs a name" },
  ],
  knownFields: ["City", "Notes"],
  error: "Somebody changed this contact after you opened it.",
};

const signedOutLayout = { ...layout, person: null, section: null, topics: [] };

function errorPage(status: number, heading: string, message: string): PageExample {
  return {
    template: "errors/error",
    data: {
      layout: { ...layout, title: heading, section: null, topics: [] },
      status,
      heading,
      message,
      links: [{ href: "/jobs", text: "All jobs" }],
      requestId: status === 500 ? "req-7f3a" : "",
    },
  };
}

const followUp: PageExample = {
  template: "jobs/follow_up",
  data: {
    layout: { ...layout, title: "Undo this import" },
    id: "0198c5d2-7a41-7c3e-9f10-000000000001",
    name: "undo",
    heading: "Undo this import?",
    text: "Contacts that it created are removed, and values that it changed are restored.",
    label: "Undo this import",
    job: "Import contacts, people.csv",
  },
};

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
    button: "Import these 100 rows",
    error: "Correct at least one cell: these rows would be rejected again.",
  },
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

const settingsLayout = {
  ...layout,
  title: "Settings",
  section: "settings" as const,
  flash: {
    tone: "good" as const,
    text: "Token created",
    link: { href: "/api/openapi.json", text: "API docs" },
  },
  preferences: { sound: true, openResult: true, timeZone: "Europe/Berlin" },
};

function credentialField(id: string, label: string): CredentialField {
  const texts = { id, name: id, label, value: "", help: "", error: "" };
  return id.includes("password")
    ? { ...texts, type: "password", autocomplete: "current-password" }
    : { ...texts, type: "text", autocomplete: "off" };
}

const security: Pages["settings/security"] = {
  layout: settingsLayout,
  passwordFields: [
    { ...credentialField("current-password", "Current password"), error: "Wrong password" },
    { ...credentialField("new-password", "New password"), help: "At least 10 characters." },
  ],
  twoFactor: { isEnabled: true, text: "On. 9 recovery codes are left." },
  newRecoveryCodes: ["x7GhT-92bQa", "Lm3nP-0oYkz"],
  passkeys: [
    { id: "p1", name: "Laptop", added: time(), removeHref: "/settings/passkeys/p1/remove" },
  ],
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
  moreSessions: "and 404 more",
  revokeOthersHref: "/settings/sessions/revoke-others",
};

const tokens: Pages["settings/tokens"] = {
  layout: settingsLayout,
  tokens: [
    {
      id: "t1",
      name: "Nightly export",
      scope: "Read only",
      created: time(),
      lastUsed: time(),
      ends: time(),
      hasEnded: false,
      revokeHref: "/settings/tokens/t1/revoke",
    },
    {
      id: "t2",
      name: "Shop",
      scope: "Everything that you may do",
      created: time(),
      lastUsed: null,
      ends: null,
      hasEnded: false,
      revokeHref: "/settings/tokens/t2/revoke",
    },
    {
      id: "t3",
      name: "Old shop",
      scope: "Read only",
      created: time(),
      lastUsed: null,
      ends: time(),
      hasEnded: true,
      revokeHref: "/settings/tokens/t3/revoke",
    },
  ],
  newToken: "hw_9bT2xkQ4mZr7uYc1eWn8aLs5dFg6hJk3",
  form: {
    action: "/settings/tokens",
    full: "",
    name: { ...credentialField("token-name", "Token name"), error: "Enter a name" },
    scopes: options("Read only", "Read only", "Everything that you may do"),
    lifetimes: options("90 days", "30 days", "90 days", "Never"),
    password: credentialField("token-password", "Your password"),
  },
};

const activity: Pages["settings/activity"] = {
  layout: settingsLayout,
  lead: "Sign-ins, changes of credentials and downloads of everybody in your account.",
  events: [
    {
      id: "e2",
      text: "Failed sign-in: wrong password",
      isFailure: true,
      by: "Grace Hopper",
      device: "Firefox on Linux",
      address: "203.0.113.7",
      at: time(),
    },
    {
      id: "e1",
      text: "Created the API token “Shop”",
      isFailure: false,
      by: "",
      device: "An unknown browser",
      address: "",
      at: time("14:01"),
    },
  ],
  olderHref: "/settings/activity?before=e1",
  newestHref: "/settings/activity",
};

/** @returns "unknown-total" of "unknownTotal" */
function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export const pages: Record<string, PageExample> = {
  "jobs-bulk": bulk,
  "jobs-follow-up": followUp,
  "jobs-rejected-rows": rejectedRows,
  jobs: { template: "jobs/index", data: list },
  "jobs-none": { template: "jobs/index", data: { ...list, jobs: [], olderHref: null } },
  "jobs-no-match": {
    template: "jobs/index",
    data: { ...list, jobs: [], olderHref: null, filter: { ...filter, q: "zebra", active: true } },
  },
  ...Object.fromEntries(
    Object.entries(jobs).map(([state, job]) => [`job-${kebabCase(state)}`, jobPage(job)]),
  ),
  "job-refresh-stopped": refreshStopped(jobPage(jobs.queued)),
  "job-done": jobPage(jobs.done, result),
  "job-exported": jobPage(jobs.exported, {
    ...emptyResult,
    files: [{ ...result.files[0]!, name: "contacts.csv", isMain: true, rows: "99,702 contacts" }],
  }),
  "new": {
    template: "jobs/new",
    data: {
      layout: { ...layout, title: "New job", section: "new" },
      kinds: [
        [
          "contact_import",
          "Import contacts",
          "Add contacts from a spreadsheet, CSV file or address book.",
        ],
        ["contact_export", "Export contacts", "Download all or some of your contacts as CSV."],
        ["email_campaign", "Write to your audience", "Send one message to each of your contacts."],
        [
          "audience_report",
          "Audience report",
          "Numbers and charts about your contacts, as a page and a PDF.",
        ],
        ["contact_clean", "Clean contacts", "Find duplicates and invalid addresses."],
      ].map(([kind = "", title = "", description = ""]) => ({
        kind,
        icon: kindIcons[kind] ?? "box",
        title,
        description,
        href: `/jobs/new/${kind}`,
        duration: kind === "contact_clean" ? "" : "Usually 1-3 minutes",
        needs: kind === "contact_clean" ? "Needs CLEANER_KEY" : "",
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
      description: "Add contacts from a spreadsheet, CSV file or address book.",
      action: "/uploads",
      multipart: true,
      upload: {
        ...{ nextHref: "/jobs/new/contact_import?", field: "upload_id" },
        ...{ several: false, skipHref: "" },
      },
      fields: [
        field("file", "File of contacts", {
          type: "file",
          accept: "text/csv,.csv",
          help: "Up to 1 GB.",
        }),
      ],
      schedule: null,
      error: "",
      submitLabel: "Upload",
    },
  },
  "form-export": {
    template: "jobs/form",
    data: {
      ...form,
      kind: "contact_export",
      title: "Export contacts",
      fields: [
        field("fields", "Fields", {
          type: "list",
          required: false,
          items: [
            { name: "fields.email", label: "Email", place: "1" },
            { name: "fields.custom_fields.City", label: "City", place: "" },
          ],
          error: "Choose at least one field",
        }),
        field("delimiter", "Delimiter", {
          type: "select",
          options: options("Comma", "Comma", "Semicolon"),
          condition: { query: "format=csv", text: "CSV only" },
        }),
        field("protect_numbers", "Protect numbers", {
          type: "checkbox",
          required: false,
          condition: { query: "format=csv", text: "CSV only" },
        }),
        field("password", "Password of the file", { type: "password", required: false }),
      ],
      error: "",
    },
  },
  "form-uploaded": {
    template: "jobs/form",
    data: {
      ...form,
      fields: [
        field("upload_id", "File of contacts", {
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
      heading: "This job is already running",
      who: "Grace Hopper",
      state: "It's still running.",
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
      trial: null,
      columnMapping: {
        ...columnMapping,
        error: "No column is mapped to Email. Choose the column with the email addresses.",
        columns: columns.map((column, place) => ({
          ...column,
          ...(place === 0 && { errorId: "mapping-error", hasFocus: true }),
          ...(place > 3 && { error: "Two columns are mapped to Phone.", errorId: `e-${place}` }),
        })),
        empty: [],
        others: null,
      },
    },
  },
  contacts: { template: "contacts/index", data: contacts },
  "contacts-none": {
    template: "contacts/index",
    data: { ...contacts, none: true, contacts: [], notes: [], job: null, isFiltered: false },
  },
  "contacts-no-match": {
    template: "contacts/index",
    data: {
      ...contacts,
      q: "zebra",
      countText: "0 contacts match",
      emptyText: "No contacts match “zebra”",
      emptyAdvice: "Search looks in names, emails, companies, phones, tags and custom fields.",
      notes: [],
      tags: [],
      contacts: [],
      firstHref: null,
      previousHref: null,
      job: null,
      nextHref: null,
    },
  },
  contact: { template: "contacts/show", data: contact },
  "contact-new": {
    template: "contacts/show",
    data: { ...contact, fields: [], tags: [], knownTags: [], history: [] },
  },
  "contact-form": { template: "contacts/edit", data: contactForm },
  "contact-delete": {
    template: "contacts/delete",
    data: {
      layout: contactLayout,
      heading: "Delete Ada Lovelace?",
      email: "ada@example.com",
      action: "/contacts/1/delete",
      updatedAt: "1763906712345",
      backHref: "/contacts/1",
    },
  },
  "sign-in": {
    template: "sessions/sign_in",
    data: {
      layout: { ...signedOutLayout, title: "Sign in" },
      email: "ada@example.com",
      error: "Wrong email or password",
      next: "/jobs",
      demo: true,
      passkeyHost: "localhost",
    },
  },
  "sign-up": {
    template: "sessions/sign_up",
    data: {
      layout: { ...signedOutLayout, title: "Create account" },
      name: "Ada",
      email: "ada@example.com",
      errors: {
        name: "",
        email: "An account with this email already exists. Sign in instead.",
        password: "",
      },
      minPasswordLength: 10,
      next: "/jobs",
    },
  },
  "sign-in-code": {
    template: "sessions/code",
    data: {
      layout: { ...signedOutLayout, title: "Enter a code" },
      field: { ...credentialField("code", "Code"), error: "Wrong code", help: "Six digits." },
      next: "/jobs",
    },
  },
  settings: {
    template: "settings/index",
    data: {
      layout: settingsLayout,
      usage: [
        { label: "Storage", text: "1.2 of 10 GB", fraction: 0.12, help: "Files." },
        { label: "Queued jobs", text: "12", fraction: null, help: "" },
      ],
      sound: true,
      openResult: false,
      timeZones: options("Same as this browser", "Same as this browser", "UTC", "Europe/Berlin"),
    },
  },
  security: { template: "settings/security", data: security },
  "security-new": {
    template: "settings/security",
    data: {
      ...security,
      twoFactor: { isEnabled: false, text: "Off. Your password alone signs you in." },
      newRecoveryCodes: [],
      passkeys: [],
      sessions: security.sessions.slice(0, 1),
      moreSessions: "",
      revokeOthersHref: null,
    },
  },
  tokens: { template: "settings/tokens", data: tokens },
  "tokens-full": {
    template: "settings/tokens",
    data: {
      ...tokens,
      newToken: null,
      form: { ...tokens.form, full: "You have 50 tokens, the maximum." },
    },
  },
  activity: { template: "settings/activity", data: activity },
  "activity-none": {
    template: "settings/activity",
    data: { ...activity, events: [], olderHref: null, newestHref: null },
  },
  "confirm-password": {
    template: "settings/confirm_password",
    data: {
      layout: settingsLayout,
      heading: "Turn off two-factor authentication?",
      text: "Your password alone will sign you in again.",
      action: "/settings/two-factor/disable",
      field: { ...credentialField("password", "Your password"), error: "Wrong password" },
      button: "Turn off",
      danger: true,
      backHref: "/settings/security",
    },
  },
  "two-factor-setup": {
    template: "settings/two_factor_setup",
    data: {
      layout: settingsLayout,
      qr: { size: 41, path: "M4 4h1v1h-1z" },
      secret: "JBSW Y3DP EHPK 3PXP",
      field: credentialField("code", "Code from the app"),
    },
  },
  "new-passkey": {
    template: "settings/new_passkey",
    data: {
      layout: { ...settingsLayout, script: "/passkeys.js?v=1" },
      host: "headway.example",
      name: credentialField("passkey-name", "Name"),
      password: credentialField("passkey-password", "Your password"),
      error: "The passkey could not be added.",
    },
  },
  "error-404": errorPage(404, "Page not found", "Check the address, or go to your jobs."),
  "error-403": errorPage(
    403,
    "You can't open this link",
    "It works only for the person who created it. Ask them to send you the file.",
  ),
  "error-422": errorPage(
    422,
    "This form has expired",
    "Go back, reload the page and send the form again.",
  ),
  "error-503": errorPage(
    503,
    "The database isn't responding",
    "Nothing is lost. Running jobs continue as soon as it's back. Try again in a moment.",
  ),
  "error-details": {
    template: "errors/details",
    data: {
      layout: { ...layout, title: "TypeError", section: null, devScript: "/dev/reload.js" },
      error: {
        name: "TypeError",
        message: "Cannot read properties of undefined (reading 'text')",
        expression: "it.started",
        place: "views/jobs/_timestamps.eta:2:14",
        excerpt: [
          { number: 1, text: "<%/* it: JobView */%>", isMarked: false },
          { number: 2, text: "<p>Started <%= it.started.text %></p>", isMarked: true },
        ],
        trace: ["included by views/jobs/_row.eta, line 27"],
      },
    },
  },
  "error-500": errorPage(500, "Something went wrong", "We've logged it. Try again."),
};
