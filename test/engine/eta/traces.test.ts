import { describe, expect, test } from "vitest";
import { type Errors, formatErrors, measureErrors } from "./errors.ts";
import { readTraces } from "./trace.ts";

const errors = measureErrors();
const nameOf = ({ name, hasPast }: Errors) => `${name}${hasPast ? ", after a past run" : ""}`;
const each = errors.map((one) => [nameOf(one), one] as const);
const steady = each.filter(([, { shape }]) => shape === "steady" || shape === "rate-limited");

test("there are runs of each shape, some for tuning and some to report", () => {
  for (const shape of ["steady", "slowing", "bursty", "two-phase", "rate-limited", "stalling"]) {
    const halves = errors.filter((one) => one.shape === shape).map(({ half }) => half);
    expect(new Set(halves)).toEqual(new Set(["tuned", "reported"]));
  }
  for (const { ms } of readTraces().values()) {
    expect(ms).toBeGreaterThan(20_000);
    expect(ms).toBeLessThan(120_000);
  }
});

describe("the end that is told", () => {
  test.each(steady)("of %s, at 40 %% of its time, is right within 5 %%", (_, { at }) => {
    expect(at(0.4).ours).toBeLessThanOrEqual(0.05);
  });

  test.each(each)("of %s is nearer than elapsed × (1 − p) / p", (_, { mean, told }) => {
    // Where the simple formula is right, as at a steady speed, both are; to half a percent.
    expect(mean.ours).toBeLessThanOrEqual(mean.plain + 0.005);
    // Nothing is told while it means nothing: at first, and while a job is silent.
    expect(told).toBeGreaterThan(0.5);
  });
});

test("the errors at 10, 25, 50 and 75 % of the reported runs, beside the formula's", () => {
  const reported = errors.filter(({ half }) => half === "reported");
  const lines = reported.map((one) => {
    const [ours, plain] = [formatErrors(one, "ours"), formatErrors(one, "plain")];
    return `${nameOf(one).padEnd(44)} ${ours.padEnd(20)} ${plain}`;
  });
  process.stdout.write(`\n${lines.join("\n")}\n`);
  expect(lines.length).toBeGreaterThan(10);
});
