/** Reads and renders the pages of schedules. */
import { can, visibleJobs } from "../../accounts/authorize.ts";
import { findUser, listUserNames } from "../../accounts/users.ts";
import type { JobRow, ScheduleRow } from "../../backend/schema.ts";
import { parseScheduleEvent } from "../../engine/schedules/schedule-event.ts";
import { jobView } from "../../presenters/job.ts";
import { inputFacts, jobIds, uploadIds } from "../../presenters/job-page.ts";
import { eventViews, scheduleItem, timesView } from "../../presenters/schedules.ts";
import type { Services } from "../../services.ts";
import { listJobTitles } from "./job-titles.ts";
import type { RouteContext } from "./layout.ts";
import { layoutWithTray } from "./tray.ts";
import { readUploadNames } from "./viewer-parts.ts";

const maxSchedules = 25;
const maxRuns = 20;
const maxEvents = 50;

export async function schedulesPage(c: RouteContext, services: Services): Promise<string> {
  const { backend, catalog, render, schedules } = services;
  const before = c.req.query("before");
  const owner = visibleJobs(c.var.person, "account");
  const { rows, next } = await schedules.list(owner, { before, limit: maxSchedules });
  const latest = await schedules.latestRuns(rows.map(({ id }) => id));
  const now = backend.now();
  const views = await runViews(services, [...latest.values()], now);
  const layout = await layoutWithTray(c, services, {
    ...{ title: "Schedules", section: "jobs", since: String(now) },
    topics: topicsOf(views),
  });
  return render.page("schedules/index", {
    layout,
    schedules: rows.map((row) => {
      const run = views.find(({ id }) => id === latest.get(row.id)?.id);
      return scheduleItem(row, catalog.get(row.kind), run, now);
    }),
    olderHref: next ? `/schedules?before=${next}` : null,
    newestHref: before ? "/schedules" : null,
  });
}

export async function schedulePage(
  c: RouteContext,
  services: Services,
  schedule: ScheduleRow,
): Promise<string> {
  const { backend, catalog, render, schedules } = services;
  const { person } = c.var;
  const { id } = schedule;
  const before = c.req.query("before");
  const now = backend.now();
  const [runs, events] = await Promise.all([
    schedules.runs(id, { before, limit: maxRuns }),
    schedules.events(id, { limit: maxEvents }),
  ]);
  const kind = catalog.get(schedule.kind);
  const views = await runViews(services, runs.rows, now);
  const item = scheduleItem(schedule, kind, views[0], now);
  const layout = await layoutWithTray(c, services, {
    ...{ title: `${item.title}: ${item.repeats}`, section: "jobs", since: String(now) },
    topics: topicsOf(views),
  });
  const people = events.flatMap((row) => {
    const { details } = parseScheduleEvent(row);
    return "by" in details ? [details.by] : [];
  });
  const names = await listUserNames(backend, people);
  const nameOf = (userId: string) =>
    userId === person.userId ? "You" : (names.get(userId) ?? "A former member");
  const calendar = { cron: schedule.cron, timeZone: schedule.time_zone };
  const times = timesView(calendar, now);
  return render.page("schedules/show", {
    ...{ layout, schedule: item, runs: views },
    owner: await ownerText(services, schedule, person.userId),
    input: inputFacts(schedule, kind, {
      uploadNames: await readUploadNames(services, uploadIds(schedule, kind)),
      jobTitles: await listJobTitles(person, services, jobIds(schedule, kind)),
    }),
    times: schedule.paused_at === null ? times : { ...times, next: [] },
    actions: can(person, "act", schedule)
      ? { href: item.href, isPaused: schedule.paused_at !== null, token: layout.token }
      : null,
    olderRunsHref: runs.next ? `/schedules/${id}?before=${runs.next}#runs` : null,
    newestRunsHref: before ? `/schedules/${id}#runs` : null,
    events: eventViews(events, { timeZone: schedule.time_zone, now, nameOf }),
  });
}

async function runViews({ catalog, jobs }: Services, rows: readonly JobRow[], now: number) {
  const shown = await jobs.withWaits(rows);
  return shown.map((row) => jobView(row, catalog.get(row.kind), [], now));
}

function topicsOf(views: readonly { id: string; active: boolean }[]): string[] {
  return views.filter(({ active }) => active).map(({ id }) => `row:${id}`);
}

async function ownerText(
  { backend }: Services,
  { user_id }: ScheduleRow,
  viewerId: string,
): Promise<string> {
  if (user_id === viewerId) return "Your schedule: its jobs start in your name";
  const owner = await findUser(backend, { id: user_id });
  return `Schedule of ${owner?.name ?? "a former member"}, in whose name its jobs start`;
}
