import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { estimatedEnd, timeLeftText } from "../../server/presenters/time-left.ts";

const now = 1_000_000_000;
const seconds = (n: number) => n * 1_000;
const minutes = (n: number) => n * 60_000;
/** A running job with progress just now and an estimated end between `from` and `to`, in ms from now. */
const running = (from: number, to: number, different: object = {}) => ({
  ...{ status: "running" as const, eta_earliest: now + from, eta_latest: now + to },
  ...{ last_progress_at: now, waiting_until: null, ...different },
});
const left = (from: number, to: number) => timeLeftText(running(from, to), now);

describe("the time left", () => {
  test.each([
    [seconds(15), seconds(18), "about 20 seconds left"],
    [seconds(61), seconds(62), "about 70 seconds left"],
    [seconds(100), seconds(110), "about 2 minutes left"],
    [seconds(35), seconds(45), "about 50 seconds left"],
    [seconds(25), seconds(45), "30-50 seconds left"],
    [seconds(15), seconds(45), "20-50 seconds left"],
    [seconds(40), seconds(170), "1-3 minutes left"],
    [minutes(12), minutes(13), "12-13 minutes left"],
    [minutes(80), minutes(90), "80-90 minutes left"],
    [minutes(90), minutes(115), "about 2 hours left"],
    [minutes(60), minutes(230), "1-4 hours left"],
    [seconds(2), seconds(8), "Almost done"],
    [seconds(8), seconds(9), "about 10 seconds left"],
    [-seconds(5), -seconds(1), "Almost done"],
  ])("the time left of %i to %i ms is formatted as “%s”", (from, to, words) => {
    expect(left(from, to)).toBe(words);
  });

  test("the time left is empty without an estimate", () => {
    const unknown = { eta_earliest: null, eta_latest: null };
    expect(timeLeftText(running(0, 0, unknown), now)).toBe("");
    expect(timeLeftText(running(0, 0, { ...unknown, last_progress_at: null }), now)).toBe("");
  });

  test("the time left is empty once the estimate has passed", () => {
    expect(left(-seconds(60), -seconds(11))).toBe("");
  });
});

describe("jobs without progress", () => {
  test.each([
    [seconds(15), "about 20 seconds left"],
    [seconds(19), "about 30 seconds left"],
    [seconds(39), "about 50 seconds left"],
    [seconds(40), "No progress for 40 s"],
    [seconds(59), "No progress for 50 s"],
    [seconds(119), "No progress for 110 s"],
    [minutes(2), "No progress for 2 min"],
    [minutes(75), "No progress for 75 min"],
  ])("a job without progress for %i ms shows “%s”", (still, words) => {
    const row = running(seconds(15), seconds(18), { last_progress_at: now - still });
    expect(timeLeftText(row, now)).toBe(words);
  });

  test("a job that announced its waiting shows its time left instead", () => {
    const row = running(seconds(85), seconds(85), { last_progress_at: now - minutes(2) });
    const waiting = { ...row, waiting_until: now + seconds(30) };
    expect(timeLeftText(waiting, now)).toBe("about 90 seconds left");
    expect(timeLeftText({ ...row, waiting_until: now - seconds(50) }, now)).toBe(
      "No progress for 50 s",
    );
    expect(estimatedEnd(row, now)).toBeNull();
    expect(estimatedEnd(waiting, now)).toEqual({ from: now + seconds(85), to: now + seconds(85) });
  });
});

describe("jobs that announced a wait", () => {
  const waiting = (ms: number, from: number, to: number) =>
    timeLeftText(running(from, to, { waiting_until: now + ms }), now);

  test("the time left is never less than the wait", () => {
    expect(waiting(seconds(42), seconds(2), seconds(8))).toBe("about 50 seconds left");
    expect(waiting(seconds(42), seconds(20), seconds(90))).toBe("50-90 seconds left");
    const end = estimatedEnd(
      running(-seconds(5), seconds(1), { waiting_until: now + seconds(42) }),
      now,
    );
    expect(end).toEqual({ from: now + seconds(42), to: now + seconds(42) });
  });

  test("a wait that has ended does not matter", () => {
    expect(waiting(-seconds(1), seconds(2), seconds(8))).toBe("Almost done");
  });
});

test("the time left never ends before the latest estimate, nor a unit after it", () => {
  fc.assert(
    fc.property(fc.nat(minutes(600)), fc.nat(minutes(600)), (a, b) => {
      const [from, to] = a < b ? [a, b] : [b, a];
      const words = left(from, to);
      const found = /(?:(\d+)-)?(\d+) (second|minute|hour)s? left$/.exec(words);
      if (!found) expect(words).toBe("Almost done");
      if (!found) return;
      const unit = { second: 1_000, minute: 60_000, hour: 3_600_000 }[found[3]!]!;
      const high = Number(found[2]) * unit;
      expect(high).toBeGreaterThanOrEqual(to);
      expect(high - to).toBeLessThanOrEqual(Math.max(unit, 10_000));
      if (found[1]) expect(Number(found[1])).toBeLessThan(Number(found[2]));
    }),
  );
});
