/** Measures how past jobs of a kind divided their time among the steps. Pure. */
import type { PastJob } from "./duration-estimate.ts";

/** The part of each step in the duration of a job. */
export interface StepShares {
  /** By position; the sum is 1. */
  shares: readonly number[];
  /** Relative uncertainty of the whole duration, given the time of a step that takes all of it. */
  uncertainty: number;
}

/** A kind declares round shares and knows nothing of the machine and the database. */
const declaredUncertainty = 0.22;
const minMeasuredUncertainty = 0.12;
/** Divided by the number of measured jobs: a single job is no proof. */
const smallSampleUncertainty = 0.08;

/** @param weights of the steps, as the kind declares them, in any unit */
export function declaredShares(weights: readonly number[]): StepShares {
  const total = sum(weights);
  return { shares: weights.map((weight) => weight / total), uncertainty: declaredUncertainty };
}

/**
 * Long jobs count more than short ones, whose fixed costs distort the shares.
 * @param past jobs of any size, of the kind on this machine
 * @param count number of steps of the kind
 * @returns null if no past job measured all of these steps
 */
export function measureShares(past: readonly PastJob[], count: number): StepShares | null {
  const measured = past
    .map(({ steps }) => steps.flatMap((step) => (step ? [step.ms] : [])))
    .filter((ms) => ms.length === count && sum(ms) > 0);
  if (measured.length === 0) return null;
  const total = sum(measured.map(sum));
  const shares = Array.from(
    { length: count },
    (_, position) => sum(measured.map((ms) => ms[position]!)) / total,
  );
  const deviations = measured.map((ms) =>
    sum(ms.map((each, position) => Math.abs(each - shares[position]! * sum(ms)))),
  );
  const uncertainty =
    minMeasuredUncertainty + sum(deviations) / total + smallSampleUncertainty / measured.length;
  return { shares, uncertainty };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
