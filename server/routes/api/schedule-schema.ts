/** The JSON of schedules and of their requests. */
import { z } from "@hono/zod-openapi";
import type { ScheduleEventRow, ScheduleRow } from "../../backend/schema.ts";
import { nextTimes } from "../../engine/schedules/calendar.ts";
import { clockChanges } from "../../engine/schedules/clock-changes.ts";
import {
  minFailures,
  parseScheduleEvent,
  scheduleEventTypes,
} from "../../engine/schedules/schedule-event.ts";
import { maskSecrets } from "../../engine/start/mask-secrets.ts";
import type { Kind } from "../../job.ts";
import { shownRuns } from "../../presenters/schedules.ts";
import { iso } from "./job-json.ts";
import { pageLimit } from "./page-limit.ts";
import { text } from "./text-schema.ts";

const repeats = text.pipe(z.string().min(1).max(200)).meta({
  description:
    "In words, such as `every weekday at 07:00`, or as a cron expression of five fields, such as `0 7 * * 1-5`. A day of the month and a day of the week together mean either.",
});
const timeZone = text.meta({ description: "IANA name, such as `Europe/Berlin`." });
const metadata = z.record(z.string(), z.unknown()).meta({
  description: "The input of each job, as of a start.",
});

export const newSchedule = z
  .strictObject({
    type: z.string(),
    metadata: metadata.default({}),
    repeats,
    time_zone: timeZone.default("UTC"),
  })
  .openapi("NewSchedule");

export const schedulePatch = z
  .strictObject({
    metadata: metadata.optional(),
    repeats: repeats.optional(),
    time_zone: timeZone.optional(),
    version: z.int().optional().meta({
      description: "Answers 409 if the schedule has another version by now.",
    }),
  })
  .openapi("SchedulePatch");

export const scheduleParams = z.object({
  id: z.string().meta({ description: "ID of the schedule." }),
});

export const scheduleQuery = z.strictObject({
  limit: pageLimit("schedules"),
  cursor: z.string().max(100).optional().meta({ description: "`next_cursor` of the page before." }),
});

export const runQuery = z.strictObject({
  limit: pageLimit("runs"),
  cursor: z.string().max(100).optional().meta({ description: "`next_cursor` of the page before." }),
});

export const scheduleSchema = z
  .object({
    id: z.string(),
    type: z.string(),
    metadata: z.record(z.string(), z.unknown()),
    subject: z.string().nullable(),
    repeats: z.string(),
    cron: z.string().meta({ description: "The repetition as five fields of cron." }),
    time_zone: z.string(),
    status: z.enum(["active", "paused", "ended"]).meta({
      description: "`ended`: its calendar has no time left.",
    }),
    next_run_at: z.iso.datetime().nullable(),
    next_runs: z.array(z.iso.datetime()).meta({ description: "The next five; none while paused." }),
    clock_changes: z
      .array(
        z.object({
          date: z.iso.date(),
          type: z.enum(["skipped", "repeated"]),
          time: z.string().meta({ description: "On the clock, such as `02:30`." }),
          runs_at: z.string().nullable().meta({
            description: "On the clock; null if the run is left out.",
          }),
          runs: z.int(),
        }),
      )
      .meta({ description: "Days within a year on which clocks skip or repeat a time of it." }),
    failures: z.int().meta({ description: "Runs that failed in a row, until now." }),
    failing: z.boolean().meta({ description: `Whether ${minFailures} or more failed in a row.` }),
    version: z.int().meta({ description: "Grows with every edit, pause and resume." }),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .openapi("Schedule");

/** @param now ms since 1970 */
export function scheduleJson(
  row: ScheduleRow,
  kind: Kind | undefined,
  now: number,
): z.input<typeof scheduleSchema> {
  const calendar = { cron: row.cron, timeZone: row.time_zone };
  const isPaused = row.paused_at !== null;
  const running = row.next_at === null ? ("ended" as const) : ("active" as const);
  return {
    id: row.id,
    type: row.kind,
    metadata: maskSecrets(JSON.parse(row.input), kind),
    subject: row.subject,
    repeats: row.repeats,
    cron: row.cron,
    time_zone: row.time_zone,
    status: isPaused ? "paused" : running,
    next_run_at: row.next_at === null ? null : iso(row.next_at),
    next_runs: isPaused ? [] : nextTimes(calendar, now, shownRuns).map(iso),
    clock_changes: clockChanges(calendar, now).map(({ date, type, time, runsAt, runs }) => {
      return { date, type, time, runs_at: runsAt, runs };
    }),
    failures: row.failures,
    failing: row.failures >= minFailures,
    version: row.version,
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  };
}

export const scheduleEventSchema = z
  .object({
    seq: z.int(),
    type: z.enum(scheduleEventTypes),
    details: z.record(z.string(), z.unknown()).meta({
      description:
        "`planned_at` is the time of the schedule, `missed` the number of times before it for which nothing ran, `job_id` the run that the event is about.",
    }),
    happened_at: z.iso.datetime(),
  })
  .openapi("ScheduleEvent");

const times = new Set(["planned_at", "backup_at"]);

export function scheduleEventJson(row: ScheduleEventRow): z.input<typeof scheduleEventSchema> {
  const { type, details } = parseScheduleEvent(row);
  const entries = Object.entries(details).map(([name, value]) => {
    return [name, times.has(name) ? iso(Number(value)) : value];
  });
  const happened_at = iso(row.created_at);
  return { seq: row.seq, type, details: Object.fromEntries(entries), happened_at };
}
