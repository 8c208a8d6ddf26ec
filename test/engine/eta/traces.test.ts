import { describe, expect, test } from "vitest";
import { type Errors, formatErrors, measureErrors } from "./errors.ts";
import { readTraces } from "./trace.ts";

const errors = measureErrors();
const nameOf = ({ name, hasPast }: Errors) => `${name}${hasPast ? ", after a past run" : ""}`;
const each = errors.map((one) => [nameOf(one), one] as const);
const imports = each.filter(
  ([name, { half }]) => name.startsWith("import-") && half === "reported",
);
/** A smaller error shows nowhere: times are rounded to tens of seconds. */
const invisibleMs = 500;
const steady = each.filter(([, { shape }]) => shape === "steady" || shape === "rate-limited");

test("each shape has recorded runs for tuning and for reporting", () => {
  for (const shape of ["steady", "slowing", "bursty", "two-phase", "rate-limited", "stalling"]) {
    const halves = errors.filter((one) => one.shape === shape).map(({ half }) => half);
    expect(new Set(halves)).toEqual(new Set(["tuned", "reported"]));
  }
  for (const { ms, shape } of readTraces().values()) {
    // Imports are recorded from the smallest to the largest.
    if (shape !== "two-phase") expect(ms).toBeGreaterThan(20_000);
    expect(ms).toBeLessThan(120_000);
  }
});

describe("the estimated end", () => {
  test.each(steady)("the error of %s is at most 5 %% at 40 %% of its time", (_, { at }) => {
    expect(at(0.4).ours).toBeLessThanOrEqual(0.05);
  });

  test.each(imports)(
    "the error of %s is at most 10 %% from 40 %% of its time on, and 5 %% with history",
    (_, { at, ms, hasPast }) => {
      const limit = Math.max(hasPast ? 0.05 : 0.1, invisibleMs / ms);
      for (const share of [0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9]) {
        const error = at(share).ours;
        // A page shows nothing of a shorter job.
        if (ms > 1_000) expect(error, `at ${share * 100} %`).not.toBeNull();
        expect(error ?? 0, `at ${share * 100} %`).toBeLessThanOrEqual(limit);
      }
    },
  );

  test.each(imports.filter(([, { ms }]) => ms > 10_000))(
    "%s shows an estimate from its first tenth on",
    (_, { at }) => {
      for (const share of [0.1, 0.15, 0.2, 0.3]) expect(at(share).ours).not.toBeNull();
    },
  );

  test.each(each)("%s is almost done only in its last ten seconds", (_, { texts }) => {
    for (const { text, leftMs } of texts) {
      if (text === "Almost done") expect(leftMs).toBeLessThanOrEqual(10_000);
    }
  });

  // The baseline of a first import is as right as the shares that its kind declares.
  test.each(each.filter(([name, { hasPast }]) => hasPast || !name.startsWith("import-")))(
    "the mean error of %s is below that of elapsed × (1 − p) / p",
    (_, { mean, coverage }) => {
      // At a steady speed both are right: the tolerance is half a percent.
      expect(mean.ours).toBeLessThanOrEqual(mean.plain + 0.005);
      // No estimate exists during the warm-up and after a long silence.
      expect(coverage).toBeGreaterThan(0.5);
    },
  );
});

test("the test prints the errors of the reported runs at 10, 25, 50 and 75 %", () => {
  const reported = errors.filter(({ half }) => half === "reported");
  const lines = reported.map((one) => {
    const [ours, plain] = [formatErrors(one, "ours"), formatErrors(one, "plain")];
    return `${nameOf(one).padEnd(44)} ${ours.padEnd(20)} ${plain}`;
  });
  process.stdout.write(`\n${lines.join("\n")}\n`);
  expect(lines.length).toBeGreaterThan(10);
});
