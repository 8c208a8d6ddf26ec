/**
 * Dates and times in UTC, for `<time>` elements. A script replaces the text with the time in the
 * person's own zone. Written out by hand: `Intl` formatters took a fifth of the time that the
 * dashboard takes.
 */
import { LRUCache } from "lru-cache";

export interface TimeView {
  /** ISO 8601, for the attribute `datetime` */
  iso: string;
  /** "Nov 23, 14:05 UTC" */
  text: string;
}

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/**
 * @param at ms since 1970
 * @returns the time of day alone: "14:05:12"
 */
export function formatClock(at: number): TimeView {
  const iso = new Date(at).toISOString();
  return { iso, text: iso.slice(11, 19) };
}

const cache = new LRUCache<number, TimeView>({ max: 10_000 });

/**
 * Cached, because every frame and page that shows a job prints the same times again.
 * @param at ms since 1970
 */
export function formatDateTime(at: number): TimeView {
  const cached = cache.get(at);
  if (cached) return cached;
  const iso = new Date(at).toISOString();
  const view = { iso, text: `${monthAndDay(iso)}, ${iso.slice(11, 16)} UTC` };
  cache.set(at, view);
  return view;
}

/**
 * @param at ms since 1970
 * @returns the date alone: "Nov 23"
 */
export function formatDate(at: number): TimeView {
  const iso = new Date(at).toISOString();
  return { iso, text: monthAndDay(iso) };
}

function monthAndDay(iso: string): string {
  return `${months[Number(iso.slice(5, 7)) - 1]} ${Number(iso.slice(8, 10))}`;
}
