/** A line of the table: our figure beside a baseline or a limit. */
export interface Row {
  what: string;
  ours: string;
  baseline: string;
  /** Our figure divided by the baseline's; null without a baseline. */
  ratio: number | null;
  bar: string;
  met: boolean;
}

interface Comparison {
  what: string;
  ours: number;
  baseline: number;
  /** The unit of both numbers. */
  unit: string;
  bar: number;
  /** The name of the baseline. */
  by?: string;
}

/** More is better: our figure must reach a share of the baseline. */
export function atLeast(each: Comparison): Row {
  return compared(each, "≥", (ratio) => ratio >= each.bar);
}

/** Less is better: our figure must stay below a multiple of the baseline. */
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

/** A figure with an absolute limit, and perhaps a baseline for comparison. */
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

/** A figure without a limit. */
export function figureOf(what: string, ours: number, unit: string): Row {
  return { what, ours: figure(ours, unit), baseline: "", ratio: null, bar: "", met: true };
}

/** Formats with three significant digits, the precision of these measurements. */
function figure(value: number, unit: string): string {
  const digits = Math.abs(value) >= 100 ? 0 : 3;
  const options = digits ? { maximumSignificantDigits: digits } : { maximumFractionDigits: 0 };
  return `${new Intl.NumberFormat("en", options).format(value)} ${unit}`.trim();
}
