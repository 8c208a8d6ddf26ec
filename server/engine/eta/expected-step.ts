/** Expects the duration of a step before the step itself shows its speed. Pure. */
import { type DurationEstimate, estimateStepDuration, type PastJob } from "./duration-estimate.ts";
import type { StepShares } from "./step-shares.ts";

/** The uncertainty that a slowdown adds, per unit of its logarithm: the work itself may differ. */
const slowdownUncertainty = 0.25;
/** Past jobs of a similar size count before shares, which know no totals. */
const maxComparableUncertainty = 0.6;
/** Past jobs that are less comparable say nothing. */
const maxPastUncertainty = 1;
/** The time of a step that does not depend on the amount of work, ms. */
const fixedCostMs = 5;

/** A job as far as it is known. */
export interface KnownJob {
  past: readonly PastJob[];
  shares: StepShares;
  /** Input in bytes; null if the job reads none. */
  size: number | null;
  /** The totals of the steps, by position, as far as the job announced them. */
  totals: ReadonlyMap<number, number>;
}

/** The steps before the expected one. */
export interface BegunSteps {
  count: number;
  /** Their duration, the expected rest included, ms. */
  ms: number;
  /** Factor by which they are slower than in past jobs. */
  slowdown: number;
}

export interface ExpectedStep extends DurationEstimate {
  /** `shares`: only a proportion to the other steps, which the first observations replace. */
  basis: "past" | "shares";
}

/**
 * The step takes as long as in past jobs, scaled to its total or the size of the input, at the speed of
 * this job. Or it follows from its share and the steps before it. Past jobs of a similar size count first,
 * and else the more certain one.
 * @returns null if nothing is known
 */
export function expectStep(
  job: KnownJob,
  position: number,
  begun: BegunSteps,
): ExpectedStep | null {
  const byPast = expectFromPast(job, position, begun);
  const byShares = expectFromShares(job, position, begun);
  if (!byPast || !byShares) return byPast ?? byShares;
  const isComparable = byPast.uncertainty <= maxComparableUncertainty;
  return isComparable || byPast.uncertainty <= byShares.uncertainty ? byPast : byShares;
}

function expectFromPast(
  { past, size, totals }: KnownJob,
  position: number,
  { slowdown }: BegunSteps,
): ExpectedStep | null {
  const total = totals.get(position) ?? null;
  const prior = estimateStepDuration(past, position, { total, size });
  if (!prior || prior.uncertainty > maxPastUncertainty) return null;
  return {
    basis: "past",
    ...{ ms: prior.ms * slowdown, from: prior.from * slowdown, to: prior.to * slowdown },
    uncertainty: prior.uncertainty + Math.abs(Math.log(slowdown)) * slowdownUncertainty,
  };
}

/** The smaller the part of the begun steps in the whole, the less they say about the others. */
function expectFromShares(
  { shares: { shares, uncertainty } }: KnownJob,
  position: number,
  begun: BegunSteps,
): ExpectedStep | null {
  const share = shares.slice(0, begun.count).reduce((all, each) => all + each, 0);
  const ms = (begun.ms * shares[position]!) / share;
  if (!(share > 0 && begun.ms > 0 && Number.isFinite(ms))) return null;
  const relative = uncertainty / Math.sqrt(share) + fixedCostMs / begun.ms;
  const range = { from: ms * (1 - relative), to: ms * (1 + relative) };
  return { basis: "shares", ms, ...range, uncertainty: relative };
}
