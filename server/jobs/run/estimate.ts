/**
 * When will it end? The rate is taken over a sliding window, because a lifetime average keeps
 * telling of a slow start long after it passed. Pure: moments are handed in.
 */

const windowMs = 30_000;
/** Before this much was seen, any figure would be a guess. */
const warmUpMs = 3_000;
const fewestSamples = 4;
/** A sample is kept at most this often; a hot loop adds nothing to the estimate. */
const sampleEveryMs = 500;

export interface Expectation {
  /** Milliseconds from now, at best and at worst. */
  from: number;
  to: number;
}

export interface Estimator {
  /** @param fraction of the whole that is done, 0 to 1 */
  observe(at: number, fraction: number): void;
  /** Null as long as nothing honest can be said. */
  expect(at: number): Expectation | null;
}

export function createEstimator(): Estimator {
  let samples: { at: number; fraction: number }[] = [];

  return {
    observe(at, fraction) {
      const last = samples.at(-1);
      if (last && fraction < last.fraction) samples = [];
      else if (last && at - last.at < sampleEveryMs) return;
      samples.push({ at, fraction });
      while (samples.length > fewestSamples && at - samples[0]!.at > windowMs) samples.shift();
    },
    expect(at) {
      const first = samples[0];
      const last = samples.at(-1);
      if (!first || !last || samples.length < fewestSamples) return null;
      if (last.at - first.at < warmUpMs || last.fraction <= first.fraction) return null;
      const middle = samples[Math.floor(samples.length / 2)]!;
      const rates = [rate(first, last), rate(first, middle), rate(middle, last)].filter(
        (r) => r > 0,
      );
      const left = 1 - last.fraction;
      const passed = at - last.at;
      const times = rates.map((perMs) => Math.max(0, left / perMs - passed));
      return { from: Math.min(...times), to: Math.max(...times) };
    },
  };
}

function rate(a: { at: number; fraction: number }, b: { at: number; fraction: number }): number {
  return b.at > a.at ? (b.fraction - a.fraction) / (b.at - a.at) : 0;
}
