/** The times of a cron expression in a time zone. Pure: the clock is handed in. */
import { Cron } from "croner";
import { LRUCache } from "lru-cache";
import { InvalidRepetition } from "./invalid-repetition.ts";

export interface Calendar {
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  cron: string;
  /** "Europe/Berlin" */
  timeZone: string;
}

const crons = new LRUCache<string, Cron>({ max: 1_000 });

/**
 * @param after ms since 1970
 * @returns the first time after it, ms; null if there is none, as for 30 February
 * @throws InvalidRepetition
 */
export function nextTime(calendar: Calendar, after: number): number | null {
  return cronOf(calendar).nextRun(new Date(after))?.getTime() ?? null;
}

/** @returns the first `count` times after `after`, or fewer */
export function nextTimes(calendar: Calendar, after: number, count: number): number[] {
  const times: number[] = [];
  for (let at = nextTime(calendar, after); at !== null && times.length < count; ) {
    times.push(at);
    at = nextTime(calendar, at);
  }
  return times;
}

/** Counting more would stop the process for a noticeable time. */
const maxCounted = 1_000;

export interface DueTimes {
  /** The newest time that is due. */
  newest: number;
  /** The number of earlier ones, up to `maxCounted`. */
  earlier: number;
}

/**
 * @param first a time of the calendar, or of an older one: it counts in any case
 * @param until ms since 1970, at or after `first`
 */
export function dueTimes(calendar: Calendar, first: number, until: number): DueTimes {
  let newest = first;
  for (let earlier = 0; ; earlier++) {
    const next = nextTime(calendar, newest);
    if (next === null || next > until) return { newest, earlier };
    if (earlier === maxCounted) return { newest: newestTime(calendar, newest, until), earlier };
    newest = next;
  }
}

/** Looks back in growing steps, so that a year of minutes costs no more than an hour of them. */
function newestTime(calendar: Calendar, from: number, until: number): number {
  for (let back = 60_000; ; back *= 2) {
    let newest = nextTime(calendar, Math.max(from, until - back));
    if (newest === null || (newest > until && until - back > from)) continue;
    for (;;) {
      const next = nextTime(calendar, newest);
      if (next === null || next > until) return newest;
      newest = next;
    }
  }
}

function cronOf({ cron, timeZone }: Calendar): Cron {
  const key = `${timeZone} ${cron}`;
  let found = crons.get(key);
  if (!found) {
    found = parse(cron, timeZone);
    crons.set(key, found);
  }
  return found;
}

/** croner takes an ISO date for an expression, and an unknown zone until it computes a time. */
function parse(cron: string, timeZone: string): Cron {
  if (cron.trim().split(/\s+/).length !== 5) {
    throw new InvalidRepetition("A cron expression has five fields, such as 0 7 * * 1-5");
  }
  try {
    const parsed = new Cron(listedMinutes(cron), {
      ...{ paused: true, timezone: timeZone, mode: "5-part" },
      // Times of the day, also several, are moved where clocks skip them and run once where they
      // come twice. Only intervals follow the real hours.
      fixedTimeRule: "no-wildcard",
    });
    parsed.nextRun(new Date(0));
    return parsed;
  } catch (error) {
    throw new InvalidRepetition(messageOf(error, timeZone));
  }
}

function messageOf(error: unknown, timeZone: string): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/zone/i.test(message)) return `Unknown time zone ${timeZone}`;
  return `This is no cron expression: ${message.replace(/^Cron\w+: /, "")}`;
}

/**
 * Writes steps in minutes out where the hour is fixed: a step of 15 minutes at 2 would count as an interval, and be
 * dropped on a day that has no hour from 2 to 3.
 */
function listedMinutes(cron: string): string {
  const [minute = "", hour = "", ...rest] = cron.trim().split(/\s+/);
  const step = /^(?:\*|(\d{1,2})-(\d{1,2})|(\d{1,2}))\/(\d{1,2})$/.exec(minute);
  if (!step || hour.includes("*")) return cron;
  const [, from, to, start] = step;
  const minutes: number[] = [];
  const last = to === undefined ? 59 : Number(to);
  const every = Number(step[4]);
  if (every < 1 || last > 59) return cron;
  for (let at = Number(from ?? start ?? 0); at <= last; at += every) minutes.push(at);
  return minutes.length > 0 ? [minutes.join(","), hour, ...rest].join(" ") : cron;
}
