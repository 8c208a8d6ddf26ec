import { describe, expect, test } from "vitest";
import { type Errors, formatErrors, measureErrors } from "./errors.ts";
import { readTraces } from "./trace.ts";

const errors = measureErrors();
const nameOf = ({ name, hasPast }: Errors) => `${name}${hasPast ? ", after a past run" : ""}`;
const each = errors.map((one) => [nameOf(one), one] as const);
const steady = each.filter(([, { shape }]) => shape === "steady" || shape === "rate-limited");

test("each shape has recorded runs for tuning and for reporting", () => {
  for (const shape of ["steady", "slowing", "bursty", "two-phase", "rate-limited", "stalling"]) {
    const halves = errors.filter((one) => one.shape === shape).map(({ half }) => half);
    expect(new Set(halves)).toEqual(new Set(["tuned", "reported"]));
  }
  for (const { ms } of readTraces().values()) {
    expect(ms).toBeGreaterThan(20_000);
    expect(ms).toBeLessThan(120_000);
  }
});

describe("the estimated end", () => {
  test.each(steady)("the error of %s is at most 5 %% at 40 %% of its time", (_, { at }) => {
    expect(at(0.4).ours).toBeLessThanOrEqual(0.05);
  });

  test.each(each)(
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
