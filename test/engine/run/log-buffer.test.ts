import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseLogNote } from "../../../server/engine/log-note.ts";
import { createLogBuffer, type LogLine, maxLines } from "../../../server/engine/run/log-buffer.ts";

const line = (message: string, at: number): LogLine => ({ level: "info", message, at });

/** Drains all waiting lines. */
function drain(lines: ReturnType<typeof createLogBuffer>, at: number): LogLine[] {
  const drained: LogLine[] = [];
  for (let part = lines.take(at, 1_000, true); part.length > 0; part = lines.take(at, 1_000, true))
    drained.push(...part);
  return drained;
}

const notes = (lines: LogLine[]) =>
  lines.filter(({ level }) => level === "note").map(({ message }) => parseLogNote(message));

const tooFast = { type: "lines_dropped", reason: "rate", max_per_second: 1_000 };

describe("the limit of lines per second", () => {
  test("the buffer keeps a thousand lines a second and notes how many it dropped", () => {
    const lines = createLogBuffer();
    for (let n = 0; n < 2_204; n++) lines.add(line(`line ${n}`, 5_000));
    lines.add(line("later", 6_000));
    const drained = drain(lines, 6_000);
    const messages = drained.map(({ message }) => message);
    expect([...messages.slice(998, 1_000), ...messages.slice(1_001)]).toEqual([
      "line 998",
      "line 999",
      "later",
    ]);
    expect(drained[1_000]!.level).toBe("note");
    expect(notes(drained)).toEqual([{ ...tooFast, count: 1_204 }]);
  });

  test("the note about dropped lines waits until the second is over", () => {
    const lines = createLogBuffer();
    for (let n = 0; n < 1_001; n++) lines.add(line("again", 5_000));
    expect(lines.take(5_100, 1_000, false)).toHaveLength(1_000);
    expect(lines.waiting).toBe(true);
    expect(lines.take(5_200, 1_000, false)).toEqual([]);
    for (let n = 0; n < 5; n++) lines.add(line("again", 5_900));
    expect(notes(lines.take(6_000, 1_000, false))).toEqual([{ ...tooFast, count: 6 }]);
    expect(lines.waiting).toBe(false);
  });

  test("a single dropped line is counted as one", () => {
    const lines = createLogBuffer();
    for (let n = 0; n < 1_001; n++) lines.add(line("again", 0));
    expect(notes(drain(lines, 0))).toEqual([{ ...tooFast, count: 1 }]);
  });
});

test("the log of a job ends with a note once all of its runs have filled it", () => {
  const lines = createLogBuffer(maxLines.job - 3);
  for (let n = 0; n < 10; n++) lines.add(line(`line ${n}`, n * 2_000));
  const drained = drain(lines, 99_000);
  expect(drained.slice(0, 2).map(({ message }) => message)).toEqual(["line 0", "line 1"]);
  expect(drained).toHaveLength(3);
  expect(notes(drained)).toEqual([{ type: "log_full", max: 100_000 }]);
  const next = createLogBuffer(maxLines.job);
  next.add(line("more", 0));
  expect(next.waiting).toBe(false);
});

test("lines that could not be saved come first the next time, within the limit of waiting lines", () => {
  const lines = createLogBuffer();
  for (let second = 0; second < 20; second++) {
    for (let n = 0; n < 1_000; n++) lines.add(line(`${second}`, second * 1_000));
    if (second % 5 === 0) lines.putBack(lines.take(second * 1_000, 1_000, false));
  }
  const drained = drain(lines, 30_000);
  expect(drained[0]!.message).toBe("0");
  expect(drained.length).toBeLessThan(5_010);
  expect(notes(drained).at(-1)).toMatchObject({ reason: "backlog", count: 15_000 });
});

test("the buffer keeps or counts every line in order", () => {
  const anyBursts = fc.array(fc.record({ wait: fc.nat(900), lines: fc.nat(1_500) }), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(anyBursts, (bursts) => {
      const lines = createLogBuffer();
      const drained: LogLine[] = [];
      let at = 1_000;
      let count = 0;
      for (const burst of bursts) {
        at += burst.wait;
        for (let n = 0; n < burst.lines; n++) lines.add(line(String(count++), at));
        drained.push(...lines.take(at, 1_000, false));
      }
      drained.push(...drain(lines, at));
      const numbers = drained.filter(({ level }) => level === "info").map((each) => +each.message);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      const dropped = notes(drained).map((note) =>
        note.type === "lines_dropped" ? note.count : 0,
      );
      expect(numbers.length + dropped.reduce((sum, each) => sum + each, 0)).toBe(count);
    }),
    { numRuns: 50 },
  );
});
