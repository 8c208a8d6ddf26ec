/** One line of the table: a figure of ours beside a baseline, or beside a limit. */
export interface Row {
  what: string;
  ours: string;
  baseline: string;
  /** Ours divided by the baseline's; null where there is a limit and no baseline. */
  ratio: number | null;
  bar: string;
  met: boolean;
}

interface Comparison {
  what: string;
  ours: number;
  baseline: number;
  /** The unit of both, shown behind the numbers. */
  unit: string;
  bar: number;
  /** Names a baseline that is not the usual one. */
  by?: string;
}

/** More is better: ours has to reach a share of the baseline. */
export function atLeast(each: Comparison): Row {
  return compared(each, "≥", (ratio) => ratio >= each.bar);
}

/** Less is better: ours may take a multiple of the baseline. */
export function atMost(each: Comparison): Row {
  return compared(each, "≤", (ratio) => ratio <= each.bar);
}

function compared(each: Comparison, sign: string, isMet: (ratio: number) => boolean): Row {
  const { what, ours, baseline, unit, bar, by } = each;
  const ratio = ours / baseline;
  return {
    what,
    ours: figure(ours, unit),
    baseline: figure(baseline, unit) + (by ? ` (${by})` : ""),
    ratio,
    bar: `${sign} ${bar}`,
    met: isMet(ratio),
  };
}

/** A figure that has a limit of its own; a baseline beside it says how much of that is needed. */
export function within(each: {
  what: string;
  ours: number;
  unit: string;
  limit: number;
  baseline?: { value: number; by: string };
}): Row {
  const { what, ours, unit, limit, baseline } = each;
  return {
    what,
    ours: figure(ours, unit),
    baseline: baseline ? `${figure(baseline.value, unit)} (${baseline.by})` : "",
    ratio: baseline ? ours / baseline.value : null,
    bar: `≤ ${figure(limit, unit)}`,
    met: ours <= limit,
  };
}

/** A figure to compute with, which has no bar. */
export function figureOf(what: string, ours: number, unit: string): Row {
  return { what, ours: figure(ours, unit), baseline: "", ratio: null, bar: "", met: true };
}

/** Three digits are as exact as these measurements are. */
function figure(value: number, unit: string): string {
  const digits = Math.abs(value) >= 100 ? 0 : 3;
  const options = digits ? { maximumSignificantDigits: digits } : { maximumFractionDigits: 0 };
  return `${new Intl.NumberFormat("en", options).format(value)} ${unit}`.trim();
}
