import { expect, test } from "vitest";
import { type RunEvent, samplesOfEvents } from "../../../server/engine/eta/samples-of-events.ts";

const progress = (created_at: number, done: number): RunEvent => {
  return { type: "progress", details: JSON.stringify({ done }), created_at };
};
const event = (created_at: number, type: RunEvent["type"]): RunEvent => {
  return { type, details: null, created_at };
};

test("the samples are those of the step that began last", () => {
  const samples = samplesOfEvents([
    event(0, "created"),
    event(5, "started"),
    event(10, "step_started"),
    progress(110, 7),
    event(210, "step_finished"),
    event(220, "step_started"),
    progress(320, 3),
  ]);
  expect(samples).toEqual([
    { at: 215, done: 0, waited: 0 },
    { at: 315, done: 3, waited: 0 },
  ]);
});

test("the time until a lost worker was noticed is not counted as work", () => {
  const samples = samplesOfEvents([
    event(0, "started"),
    event(0, "step_started"),
    progress(1_000, 10),
    event(3_601_000, "rescued"),
    event(3_602_000, "continued"),
    progress(3_603_000, 20),
  ]);
  expect(samples.map(({ at, done }) => [at, done])).toEqual([
    [0, 0],
    [1_000, 10],
    [2_000, 20],
  ]);
});

test("a long sleep is counted as time and as an announced wait", () => {
  const samples = samplesOfEvents([
    event(0, "started"),
    event(0, "step_started"),
    progress(1_000, 10),
    event(1_500, "sleeping"),
    event(61_500, "continued"),
    progress(62_500, 20),
    progress(63_500, 30),
  ]);
  expect(samples.slice(1)).toEqual([
    { at: 1_000, done: 10, waited: 0 },
    { at: 62_500, done: 20, waited: 60_000 },
    { at: 63_500, done: 30, waited: 0 },
  ]);
});

test.each(["paused", "retry_scheduled", "interrupted", "made_room"] as const)(
  "the time after %s is not counted as work, and the time before it is",
  (type) => {
    const samples = samplesOfEvents([
      event(0, "step_started"),
      event(500, type),
      event(90_000, "resumed"),
      event(100_000, "continued"),
      progress(100_250, 5),
    ]);
    expect(samples.at(-1)).toEqual({ at: 750, done: 5, waited: 0 });
  },
);

test("progress without a number of items is no sample", () => {
  const samples = samplesOfEvents([
    event(0, "step_started"),
    { type: "progress", details: '{"message":"x"}', created_at: 10 },
    { type: "progress", details: null, created_at: 20 },
  ]);
  expect(samples).toHaveLength(1);
});
