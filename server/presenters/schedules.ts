/** The pages of schedules: the list, one schedule, and the form for a new one or an edit. */
import type { ScheduleEventRow, ScheduleRow } from "../backend/schema.ts";
import { nextTimes } from "../engine/schedules/calendar.ts";
import { clockChanges } from "../engine/schedules/clock-changes.ts";
import { describeCron } from "../engine/schedules/describe-cron.ts";
import { minFailures, parseScheduleEvent } from "../engine/schedules/schedule-event.ts";
import { defaultIcon, type IconName, type Kind } from "../job.ts";
import { formatCount } from "../text/counts.ts";
import { formatDateTime, type TimeView } from "../text/dates.ts";
import { formatZonedTime } from "../text/zoned-times.ts";
import { clockChangeText } from "./clock-change-text.ts";
import type { HiddenField, Option } from "./form.ts";
import type { JobView } from "./job.ts";
import type { AboutView } from "./job-page.ts";
import type { Page } from "./layout.ts";
import { type EventContext, scheduleEventText } from "./schedule-event-text.ts";

/** GET /schedules */
export interface SchedulesPage extends Page {
  schedules: ScheduleItem[];
  olderHref: string | null;
  newestHref: string | null;
}

/** A schedule in the list and at the top of its page. */
export interface ScheduleItem {
  id: string;
  href: string;
  icon: IconName;
  /** "Export contacts" */
  title: string;
  subject: string;
  /** "Every weekday at 07:00", as the person typed it */
  repeats: string;
  /** "At 07:00, Monday through Friday · Europe/Berlin" */
  times: string;
  state: "active" | "paused" | "ended";
  /** "Next run Mon, Nov 30, 07:00", "Paused", "No run is left" */
  stateText: string;
  /** "The last 3 runs failed", or empty */
  failing: string;
  /** The run that was started last, if it still exists. */
  latest: JobView | null;
}

/** GET /schedules/:id */
export interface SchedulePage extends Page {
  schedule: ScheduleItem;
  owner: string;
  input: AboutView["input"];
  times: TimesView;
  /** Null for a viewer who may only look. */
  actions: ScheduleActionsView | null;
  runs: JobView[];
  olderRunsHref: string | null;
  newestRunsHref: string | null;
  events: { text: string; at: TimeView; jobHref: string | null }[];
}

export interface ScheduleActionsView {
  href: string;
  isPaused: boolean;
  /** The CSRF token of the viewer's session. */
  token: string;
}

/** The next runs, and what happens on days on which clocks change. */
export interface TimesView {
  /** Sentences "Mon, Nov 30, 07:00", on the clocks of the zone. */
  next: string[];
  zone: string;
  notes: string[];
}

/** GET and POST /schedules/new, GET /schedules/:id/edit */
export interface ScheduleFormPage extends Page {
  /** "New schedule", "Edit schedule" */
  heading: string;
  title: string;
  subject: string;
  backHref: string;
  backText: string;
  /** The form as it is, and with other times. */
  action: string;
  checkAction: string;
  hidden: HiddenField[];
  repeats: string;
  /** "At 07:00, Monday through Friday", or empty for an invalid repetition */
  meaning: string;
  error: string;
  zones: Option[];
  /** Null for an invalid repetition. */
  times: TimesView | null;
  submitLabel: string;
}

export const shownRuns = 5;

/** @param latest the latest run; undefined if there is none */
export function scheduleItem(
  row: ScheduleRow,
  kind: Pick<Kind, "title" | "icon"> | undefined,
  latest: JobView | undefined,
  now: number,
): ScheduleItem {
  const { id, subject, repeats, cron, time_zone, failures } = row;
  const state = stateOf(row);
  return {
    ...{ id, href: `/schedules/${id}`, icon: kind?.icon ?? defaultIcon, state },
    title: kind?.title ?? row.kind,
    subject: subject ?? "",
    repeats: repeats.charAt(0).toUpperCase() + repeats.slice(1),
    times: `${describeCron(cron)} · ${zoneText(time_zone)}`,
    stateText: stateText(row, state, now),
    failing: failures >= minFailures ? `The last ${formatCount(failures, "runs")} failed` : "",
    latest: latest ?? null,
  };
}

function stateOf({ paused_at, next_at }: ScheduleRow): ScheduleItem["state"] {
  if (paused_at !== null) return "paused";
  return next_at === null ? "ended" : "active";
}

function stateText(row: ScheduleRow, state: ScheduleItem["state"], now: number): string {
  if (state === "paused") return "Paused";
  if (state === "ended") return "No run is left";
  return `Next run ${formatZonedTime(row.next_at!, row.time_zone, now)}`;
}

export function timesView(
  { cron, timeZone }: { cron: string; timeZone: string },
  now: number,
): TimesView {
  const calendar = { cron, timeZone };
  return {
    next: nextTimes(calendar, now, shownRuns).map((at) => formatZonedTime(at, timeZone, now)),
    zone: zoneText(timeZone),
    notes: clockChanges(calendar, now).map(clockChangeText),
  };
}

/** @param rows latest first */
export function eventViews(rows: readonly ScheduleEventRow[], context: EventContext) {
  return rows.map((row) => {
    const event = parseScheduleEvent(row);
    const jobId = "job_id" in event.details ? event.details.job_id : null;
    return {
      text: scheduleEventText(event, context),
      at: formatDateTime(row.created_at),
      jobHref: jobId === null ? null : `/jobs/${jobId}`,
    };
  });
}

/** @param chosen its zone, which is in the list even if the list does not know it */
export function zoneOptions(zones: readonly string[], chosen: string): Option[] {
  const all = zones.includes(chosen) ? zones : [chosen, ...zones];
  return all.map((zone) => ({ value: zone, label: zoneText(zone), selected: zone === chosen }));
}

export function zoneText(zone: string): string {
  return zone.replaceAll("_", " ");
}
