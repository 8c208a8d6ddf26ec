/** What past jobs of a kind took, as a measure for one that is to come. Pure. */

/** A job that succeeded. */
export interface PastJob {
  /** Running time, pauses not counted. */
  ms: number;
  /** Bytes of what it read, where that is known. */
  size: number | null;
  /** By their place; null where nothing is known of a step. */
  steps: readonly (PastStep | null)[];
}

export interface PastStep {
  ms: number;
  /** What its total turned out to be. */
  total: number | null;
}

/** The middle of what is to be expected, ms, and where the middle half of it lies. */
export interface Typical {
  ms: number;
  from: number;
  to: number;
  /** How far from it the next one may well be, as a share of it; a few jobs tell little. */
  unsure: number;
}

/** Time grows with size: but not from a few rows to a million, for much is the same in all jobs. */
const alike = 4;
/** Where no job was alike, those within this many times tell at least something. */
const comparable = 20;

/** @param size of the job that is to come, as in `PastJob`; null where it has none */
export function typicalDuration(past: readonly PastJob[], size: number | null): Typical | null {
  return typical(
    past.map((job) => ({ ms: job.ms, size: job.size })),
    size,
  );
}

/**
 * @param position of the step
 * @param known.total of the step, where it has begun and told it
 * @param known.size of the job
 */
export function typicalStep(
  past: readonly PastJob[],
  position: number,
  known: { total: number | null; size: number | null },
): Typical | null {
  const steps = past.flatMap(({ steps, size }) => {
    const step = steps[position];
    return step ? [{ ms: step.ms, total: step.total, size }] : [];
  });
  if (known.total !== null && steps.some(({ total }) => total !== null)) {
    return typical(
      steps.map(({ ms, total }) => ({ ms, size: total })),
      known.total,
    );
  }
  return typical(steps, known.size);
}

function typical(past: { ms: number; size: number | null }[], size: number | null): Typical | null {
  if (size === null) return middle(past.map(({ ms }) => ms));
  const scaled = past.flatMap((each) => {
    if (each.size === null) return [];
    const times = Math.max(1, size) / Math.max(1, each.size);
    return [{ ms: each.ms * times, away: Math.max(times, 1 / times) }];
  });
  for (const most of [alike, comparable]) {
    const near = scaled.filter(({ away }) => away <= most);
    const found = middle(near.map(({ ms }) => ms));
    if (found && most === alike) return found;
    // The farther away, the less it is a measure.
    if (found)
      return { ...found, from: found.from / 2, to: found.to * 2, unsure: found.unsure + 0.5 };
  }
  return null;
}

function middle(values: number[]): Typical | null {
  if (values.length === 0) return null;
  const sorted = values.sort((a, b) => a - b);
  const [from, ms, to] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share)) as Three;
  return { ms, from, to, unsure: 0.1 + (to - from) / Math.max(1, ms) + 0.25 / sorted.length };
}

type Three = [number, number, number];

/** Between the two nearest values, in proportion. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}
