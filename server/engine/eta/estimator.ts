/**
 * When will a job end? For the step in hand by what is seen of it, and at first by what it took in
 * past jobs of the kind; for those behind it by past jobs, or else by their weights. A run sees
 * running time only: while a job is paused there is none. Pure: moments are handed in.
 */
import { type Advance, type Advances, createAdvances } from "./advances.ts";
import { createDamper, type Told } from "./damper.ts";
import { type PastJob, typicalStep } from "./past.ts";
import { type Ahead, stepAhead, warmUp } from "./step.ts";

/** Looked at anew this often; in between the answer is the same moment of end. */
const everyMs = 500;
/** What is to come of a step need not be like what was seen of it: at first by this much of it. */
const unseen = 0.25;
/** What the weights say of steps that nobody has seen yet may be this far from the truth. */
const weightsUnsure = 1;
/** Nothing is said that may be this far from the truth. */
const mostUnsure = 0.5;

/** What is known of a job from before this run. */
export interface Known {
  past: readonly PastJob[];
  /** Bytes that it reads, if it reads any. */
  size: number | null;
  /** Running time of the steps that are done, by their place; null for the others. */
  taken: readonly (number | null)[];
  /** What earlier runs went through of the step in hand, on a clock of running time. */
  earlier: readonly Advance[];
}

export interface Estimator {
  /** A step begins, or is gone on with from where it was. */
  begin(at: number, position: number, done: number): void;
  /** @param total null where it is unknown */
  observe(at: number, done: number, total: number | null): void;
  /** The job waits, and knows until when; null when it goes on. */
  wait(at: number, until: number | null): void;
  know(known: Known): void;
  /** Null as long as nothing honest can be said. */
  expect(at: number): Told | null;
}

/** @param weights of the steps, in their order */
export function createEstimator(weights: readonly number[]): Estimator {
  let known: Known = { past: [], size: null, taken: [], earlier: [] };
  let step: Current | undefined;
  const taken: (number | null)[] = [];
  const damper = createDamper();
  let asked = Number.NEGATIVE_INFINITY;

  /** The step in hand, ms; null where neither it nor the past says anything. */
  function ofStep(current: Current, at: number): Ahead | null {
    const { position, advances, total } = current;
    const { size, past } = known;
    const seen = total === null ? null : seenOf(current, total, at);
    const usual = typicalStep(past, position, { total, size });
    if (!usual) return seen;
    const done = advances.list.at(-1)?.done ?? 0;
    const share = total ? Math.min(1, done / total) : 0;
    const spent = at - beginOf(current);
    const byPast = total ? usual.ms * (1 - share) : usual.ms - spent;
    // What takes longer than it ever did is no longer told by the past.
    if (!seen) {
      const isSilent = total !== null && advances.list.length >= warmUp.advances;
      const isOver = byPast <= 0 || spent > usual.to * 2;
      return isSilent || isOver ? null : { ms: byPast, unsure: usual.unsure };
    }
    return weighed(seen, unseen * (1 - share) ** 2, { ms: byPast, unsure: usual.unsure });
  }

  /**
   * Of earlier runs nobody knows what of their time was waiting: beside waits that this one tells it
   * would be work, and count twice.
   */
  function seenOf({ advances, since, until, tells }: Current, total: number, at: number) {
    const own = tells ? advances.list.filter((each) => each.at >= since) : advances.list;
    return stepAhead(own, total, at, until) ?? stepAhead(advances.list, total, at, until);
  }

  /** The steps behind it: by the past, at the speed of this job; else by weight. */
  function ofOthers(current: Current, own: Ahead, at: number): Ahead | null {
    const before = soFar(current, at) + own.ms;
    let ms = 0;
    let unsureMs = 0;
    const speed = comparedWithPast(current, own, at);
    const weightBefore = sum(weights.slice(0, current.position + 1));
    for (let position = current.position + 1; position < weights.length; position++) {
      const usual = typicalStep(known.past, position, { total: null, size: known.size });
      if (usual) {
        ms += usual.ms * speed;
        unsureMs += usual.ms * usual.unsure * speed;
      } else {
        const byWeight = (before * weights[position]!) / weightBefore;
        ms += byWeight;
        unsureMs += byWeight * weightsUnsure;
      }
    }
    return { ms, unsure: ms > 0 ? unsureMs / ms : 0 };
  }

  /** How much slower this job is than past ones, as far as that can be seen. */
  function comparedWithPast(current: Current, own: Ahead, at: number): number {
    let mine = 0;
    let theirs = 0;
    for (let position = 0; position <= current.position; position++) {
      const total = position === current.position ? current.total : null;
      const usual = typicalStep(known.past, position, { total, size: known.size });
      const isCurrent = position === current.position;
      const ms = isCurrent ? at - beginOf(current) + own.ms : takenBy(position);
      if (!usual || ms === null) continue;
      mine += ms;
      theirs += usual.ms;
    }
    if (theirs === 0 || mine === 0) return 1;
    return Math.min(3, Math.max(1 / 3, mine / theirs));
  }

  /** The first step of a run may have been begun by an earlier one. */
  function goOn({ advances }: Current): void {
    advances.precede(known.earlier);
  }

  function takenBy(position: number): number | null {
    return taken[position] ?? known.taken[position] ?? null;
  }

  function soFar(current: Current, at: number): number {
    const before = Array.from({ length: current.position }, (_, each) => takenBy(each) ?? 0);
    return sum(before) + at - beginOf(current);
  }

  function ahead(at: number): Ahead | null {
    const own = step && ofStep(step, at);
    if (!step || !own) return null;
    const others = ofOthers(step, own, at);
    if (!others) return null;
    const ms = own.ms + others.ms;
    const unsure = ms > 0 ? (own.ms * own.unsure + others.ms * others.unsure) / ms : 0;
    return unsure > mostUnsure ? null : { ms, unsure };
  }

  return {
    begin(at, position, done) {
      if (step) taken[step.position] = at - beginOf(step);
      const advances = createAdvances();
      advances.add(at, done, 0);
      const waits = { until: null, tells: false, waitedMs: 0, waitsSince: 0 };
      step = { position, advances, total: null, since: at, ...waits };
      if (taken.length === 0) goOn(step);
      asked = Number.NEGATIVE_INFINITY;
    },
    observe(at, done, total) {
      if (!step) return;
      step.total = total;
      const last = step.advances.list.at(-1)!.done;
      if (done === last) return;
      const waiting = step.until === null ? 0 : at - step.waitsSince;
      step.advances.add(at, done, step.waitedMs + waiting);
      step.waitedMs = 0;
      step.waitsSince = at;
    },
    wait(at, until) {
      if (!step) return;
      if (step.until !== null) step.waitedMs += at - step.waitsSince;
      step.until = until;
      step.tells ||= until !== null;
      step.waitsSince = at;
    },
    know(given) {
      known = given;
      asked = Number.NEGATIVE_INFINITY;
      if (step && taken.length === 0) goOn(step);
    },
    expect(at) {
      if (at - asked < everyMs) return damper.told(at);
      asked = at;
      return damper.next(at, ahead(at));
    },
  };
}

interface Current {
  position: number;
  advances: Advances;
  total: number | null;
  /** When this run began it, or went on with it. */
  since: number;
  /** Until when it waits as it said it would. */
  until: number | null;
  /** Whether this run told of any wait. */
  tells: boolean;
  waitsSince: number;
  /** Told waits since the last advance that are over. */
  waitedMs: number;
}

/** On the clock of its advances, which leaves out what was lost. */
function beginOf({ advances }: Current): number {
  return advances.list[0]!.at;
}

/** The less sure, the less it weighs: by the inverse of the variance. */
function weighed(seen: Ahead, more: number, past: Ahead): Ahead {
  const [a, b] = [(seen.unsure + more) ** -2, past.unsure ** -2];
  return {
    ms: (a * seen.ms + b * past.ms) / (a + b),
    unsure: (a * seen.unsure + b * past.unsure) / (a + b),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
