/** Examples of the pages of schedules. */
import type { ScheduleItem, SchedulePage, TimesView } from "../../../presenters/schedules.ts";
import { jobs } from "../jobs.ts";
import { layout, time } from "../layout.ts";
import type { PageExamples } from "./page-example.ts";

const schedule: ScheduleItem = {
  id: "0198c5d2-1a41-7c3e-9f10-3b5a6c7d8e9f",
  href: "/schedules/0198c5d2-1a41-7c3e-9f10-3b5a6c7d8e9f",
  icon: "export",
  title: "Export contacts",
  subject: "customers",
  repeats: "Every weekday at 07:00",
  times: "At 07:00, Monday through Friday · Europe/Berlin",
  state: "active",
  stateText: "Next run Tue, Nov 24, 07:00",
  failing: "",
  latest: jobs.done,
};
const failing: ScheduleItem = {
  ...schedule,
  id: "0198c5d2-1a41-7c3e-9f10-3b5a6c7d8ea0",
  repeats: "Every day at 2:30",
  times: "At 02:30 · Europe/Berlin",
  failing: "The last 3 runs failed",
  latest: jobs.failed,
};
const times: TimesView = {
  next: [24, 25, 26, 27, 30].map((day) => `Nov ${day}, 07:00`),
  zone: "Europe/Berlin",
  notes: ["On Sunday 28 March 02:30 does not exist; it runs at 03:00."],
};
const paused: ScheduleItem = {
  ...{
    ...schedule,
    id: "0198c5d2-1a41-7c3e-9f10-3b5a6c7d8ea1",
    state: "paused",
    stateText: "Paused",
    latest: null,
    subject: "",
  },
  ...{ repeats: "0 9 L * *", times: "At 09:00, on the last day of the month · UTC" },
};
const page: SchedulePage = {
  layout: { ...layout, title: "Export contacts: Every weekday at 07:00" },
  schedule,
  owner: "Your schedule: its jobs start in your name",
  input: [
    { label: "Format", value: "CSV" },
    { label: "Not after", value: "2026-11-23T07:00:00Z", time: time("07:00") },
    { label: "Checked by", value: "Check contacts, autumn-fair.csv", href: jobs.done.href },
  ],
  times,
  actions: { href: schedule.href, isPaused: false, token: layout.token },
  runs: [jobs.running, jobs.done, jobs.failed],
  olderRunsHref: `${schedule.href}?before=0198#runs`,
  newestRunsHref: null,
  events: [
    {
      text: "Skipped the run of Mon, Nov 23, 07:00: the run before was unfinished.",
      ...{ at: time("07:00"), jobHref: jobs.running.href },
    },
    { text: "You created this schedule", at: time("06:00"), jobHref: null },
  ],
};
const form = {
  layout: { ...layout, title: "New schedule", section: "jobs" as const },
  ...{ heading: "New schedule", title: "Export contacts", subject: "" },
  ...{ backHref: "/jobs/new/contact_export", backText: "Export contacts" },
  ...{ action: "/schedules", checkAction: "/schedules/new" },
  hidden: [{ name: "type", value: "contact_export" }],
  ...{ repeats: "every day at 2:30", meaning: "At 02:30", error: "" },
  zones: [{ value: "Europe/Berlin", label: "Europe/Berlin", selected: true }],
  ...{ times, submitLabel: "Create schedule" },
};

export const schedulePages: PageExamples = {
  schedules: {
    template: "schedules/index",
    data: {
      layout: { ...layout, title: "Schedules" },
      schedules: [schedule, failing, paused],
      ...{ olderHref: "/schedules?before=0198", newestHref: null },
    },
  },
  "schedules-none": {
    template: "schedules/index",
    data: {
      layout: { ...layout, title: "Schedules" },
      ...{ schedules: [], olderHref: null, newestHref: null },
    },
  },
  schedule: { template: "schedules/show", data: page },
  "schedule-failing": {
    template: "schedules/show",
    data: { ...page, schedule: failing, actions: null },
  },
  "schedule-paused": {
    template: "schedules/show",
    data: {
      ...page,
      schedule: paused,
      times: { ...times, next: [] },
      ...{ runs: [], olderRunsHref: null, input: [], events: [] },
      actions: { href: schedule.href, isPaused: true, token: layout.token },
    },
  },
  "schedule-form": { template: "schedules/form", data: form },
  "schedule-form-invalid": {
    template: "schedules/form",
    data: {
      ...form,
      ...{ repeats: "now and then", meaning: "", times: null },
      error: "Write it like “every weekday at 07:00”",
    },
  },
};
