/**
 * How far a step was at which moment of its running time. Thinned as it grows, so that an hour
 * weighs no more than a minute and a burst is seen at the scale of the whole. Pure.
 */

/** More are merged: each estimate looks at all of them. */
const mostKept = 240;

export interface Advance {
  /** Running time, ms, from any zero. */
  at: number;
  /** In the unit of the step's total. */
  done: number;
  /** Of the time since the advance before: how long the job waited as it had said it would, ms. */
  waited: number;
}

export interface Advances {
  readonly list: readonly Advance[];
  /** Takes what is further than before; a setback begins where the step was as far before. */
  add(at: number, done: number, waited: number): void;
  /** Puts what an earlier run went through before what this one did. */
  precede(earlier: readonly Advance[]): void;
}

export function createAdvances(): Advances {
  let list: Advance[] = [];
  /** Of three advances within this time the middle one is left out, ms. */
  let apart = 0;

  function push(next: Advance): void {
    const [before, last] = [list.at(-2), list.at(-1)];
    if (before && last && next.at - before.at <= apart) {
      list[list.length - 1] = { ...next, waited: last.waited + next.waited };
    } else list.push(next);
  }

  function replace(all: readonly Advance[]): void {
    list = [];
    for (const each of all) push(each);
    if (list.length <= mostKept) return;
    // Leaves half of them, or fewer.
    apart = (4 * (list.at(-1)!.at - list[0]!.at)) / mostKept;
    replace(list);
  }

  return {
    get list() {
      return list;
    },
    add(at, done, waited) {
      const last = list.at(-1);
      if (last && done === last.done) return;
      if (last && done < last.done) return replace(setBack(list, at, done));
      push({ at, done, waited });
      if (list.length > mostKept) replace(list);
    },
    precede(earlier) {
      const [first, ...rest] = list;
      if (!first) return;
      const before = setBack([...earlier], first.at, first.done);
      replace(before.length > 1 ? [...before, ...rest] : list);
    },
  };
}

/** What was done and is to be done again was time lost, which says nothing about speed. */
function setBack(list: Advance[], at: number, done: number): Advance[] {
  const kept = list.filter((each) => each.done <= done);
  const last = kept.at(-1);
  if (!last) return [{ at, done, waited: 0 }];
  const later = at - last.at;
  return kept.map((each) => ({ ...each, at: each.at + later }));
}
