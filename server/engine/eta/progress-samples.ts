/**
 * Stores the progress of a step as samples. Longer steps get a coarser resolution, so that an
 * estimate costs the same after an hour as after a minute. Pure.
 */

/** Above this the samples are thinned: each estimate reads all of them. */
const maxSamples = 240;

export interface ProgressSample {
  /** Running time, ms, from an arbitrary zero. */
  at: number;
  /** Completed items, in the unit of the step's total. */
  done: number;
  /** Announced waits since the sample before, ms. */
  waited: number;
}

export interface ProgressSamples {
  readonly list: readonly ProgressSample[];
  /** Adds a sample. If `done` went back, the time since the step last stood there is lost time. */
  add(at: number, done: number, waited: number): void;
  /** Inserts the samples of an earlier run before those of this one. */
  prepend(earlier: readonly ProgressSample[]): void;
}

export function createProgressSamples(): ProgressSamples {
  let list: ProgressSample[] = [];
  /** Of three samples within this time, ms, the middle one is dropped. */
  let resolution = 0;

  function push(next: ProgressSample): void {
    const [before, last] = [list.at(-2), list.at(-1)];
    if (before && last && next.at - before.at <= resolution) {
      list[list.length - 1] = { ...next, waited: last.waited + next.waited };
    } else list.push(next);
  }

  function replace(all: readonly ProgressSample[]): void {
    list = [];
    for (const each of all) push(each);
    if (list.length <= maxSamples) return;
    // Drops at least half of them.
    resolution = (4 * (list.at(-1)!.at - list[0]!.at)) / maxSamples;
    replace(list);
  }

  return {
    get list() {
      return list;
    },
    add(at, done, waited) {
      const last = list.at(-1);
      if (last && done === last.done) return;
      if (last && done < last.done) return replace(rewind(list, at, done));
      push({ at, done, waited });
      if (list.length > maxSamples) replace(list);
    },
    prepend(earlier) {
      const [first, ...rest] = list;
      if (!first) return;
      const before = rewind([...earlier], first.at, first.done);
      replace(before.length > 1 ? [...before, ...rest] : list);
    },
  };
}

/** Drops the samples beyond `done` and shifts the others to end at `at`, which removes lost time. */
function rewind(list: ProgressSample[], at: number, done: number): ProgressSample[] {
  const remaining = list.filter((each) => each.done <= done);
  const last = remaining.at(-1);
  if (!last) return [{ at, done, waited: 0 }];
  const shift = at - last.at;
  return remaining.map((each) => ({ ...each, at: each.at + shift }));
}
