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
  /** Advances nearer to each other than this are one. */
  let apart = 0;

  function push(next: Advance): void {
    const [before, last] = [list.at(-2), list.at(-1)];
    if (before && last && next.at - before.at < apart) {
      list[list.length - 1] = { ...next, waited: last.waited + next.waited };
    } else list.push(next);
    if (list.length > mostKept) thin();
  }

  function thin(): void {
    apart = (list.at(-1)!.at - list[0]!.at) / mostKept;
    const all = list;
    list = [];
    for (const each of all) push(each);
    if (list.length > mostKept / 2) list = joined(list);
  }

  return {
    get list() {
      return list;
    },
    add(at, done, waited) {
      const last = list.at(-1);
      if (last && done === last.done) return;
      if (last && done < last.done) list = setBack(list, at, done);
      else push({ at, done, waited });
    },
    precede(earlier) {
      const [first, ...rest] = list;
      if (!first) return;
      const before = setBack([...earlier], first.at, first.done);
      list = [];
      for (const each of before.length > 1 ? [...before, ...rest] : [first, ...rest]) push(each);
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

/** Every second one, the last of all among them. */
function joined(list: readonly Advance[]): Advance[] {
  const kept: Advance[] = [];
  let waited = 0;
  for (const [n, each] of list.entries()) {
    waited += each.waited;
    if (n > 0 && (list.length - 1 - n) % 2 === 1) continue;
    kept.push({ ...each, waited });
    waited = 0;
  }
  return kept;
}
