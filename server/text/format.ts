/** Numbers, spans and moments as people read them. Pure. */

export interface TimeView {
  /** ISO 8601 for `<time datetime>` */
  iso: string;
  /** "23 Nov, 14:05" (UTC); the browser puts its own zone in place of it */
  text: string;
}

// Written out, for Intl's formatters took a fifth of the time that a page of jobs takes.
const months = "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec".split(" ");

/** 1204 as "1,204" */
export function number(value: number): string {
  if (value > -1_000 && value < 1_000) return String(value);
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 row", "1,204 rows" */
export function amountOf(count: number, unit: string): string {
  return `${number(count)} ${count === 1 ? unit.replace(/s$/, "") : unit}`;
}

/** "8 s", "1 min 12 s", "2 h 5 min": two units are as exact as a person needs. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(`${minutes} min`, seconds % 60, "s");
  return joined(`${Math.floor(minutes / 60)} h`, minutes % 60, "min");
}

/** A span that is over: "0.4 s", "8.1 s", "1 min 12 s". */
export function took(milliseconds: number): string {
  if (milliseconds >= 10_000) return span(milliseconds);
  return `${(Math.max(100, milliseconds) / 1_000).toFixed(1)} s`;
}

function joined(large: string, rest: number, unit: string): string {
  return rest === 0 ? large : `${large} ${rest} ${unit}`;
}

const units = ["B", "kB", "MB", "GB", "TB"];

/** "812 B", "8.1 MB"; powers of 1,000, as file managers show them. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  let value = bytes / 1_000;
  let unit = 1;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1_000;
  return `${rounded(value)} ${units[unit]}`;
}

/** "3.2 of 18 MB"; "300 kB of 18 MB" where the first would be next to nothing in the unit of both. */
export function sizes(part: number, whole: number): string {
  const [partText, wholeText] = [size(part), size(whole)];
  const unit = wholeText.split(" ")[1]!;
  const value = part / 1_000 ** units.indexOf(unit);
  if (part === 0 || unit === "B") return `${part} of ${wholeText}`;
  if (value < 0.95) return `${partText} of ${wholeText}`;
  return `${rounded(value)} of ${wholeText}`;
}

function rounded(value: number): string {
  return value < 9.95 ? value.toFixed(1) : String(Math.round(value));
}

/** "14:05:12" in UTC: for lines that follow each other closely. */
export function clock(at: number): TimeView {
  const iso = new Date(at).toISOString();
  return { iso, text: iso.slice(11, 19) };
}

const mostKept = 10_000;
const kept = new Map<number, TimeView>();

/** In UTC; the browser puts the person's own zone in its place. */
export function moment(at: number): TimeView {
  const known = kept.get(at);
  if (known) return known;
  const iso = new Date(at).toISOString();
  const [day, month] = [Number(iso.slice(8, 10)), months[Number(iso.slice(5, 7)) - 1]];
  const view = { iso, text: `${day} ${month}, ${iso.slice(11, 16)} UTC` };
  // A job's times are printed with every frame and page that shows it.
  if (kept.size >= mostKept) kept.clear();
  kept.set(at, view);
  return view;
}
