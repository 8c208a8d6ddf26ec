import { expect, test } from "vitest";
import { createRunnerStartTimeout } from "../../../server/engine/worker/runner-start-timeout.ts";

const bounds = { minMs: 40, maxMs: 200 };

test("a runner gets twice as long as the one that was killed, up to a limit", () => {
  const timeout = createRunnerStartTimeout(bounds);
  expect(timeout.ms).toBe(40);
  timeout.onTimeout(40);
  expect(timeout.ms).toBe(80);
  timeout.onTimeout(80);
  timeout.onTimeout(160);
  expect(timeout.ms).toBe(200);
});

test("runners that are killed together count once", () => {
  const timeout = createRunnerStartTimeout(bounds);
  for (let n = 0; n < 4; n++) timeout.onTimeout(40);
  expect(timeout.ms).toBe(80);
});

test("a machine keeps twice the time that its last runner took", () => {
  const timeout = createRunnerStartTimeout(bounds);
  timeout.onTimeout(40);
  timeout.onStarted(60);
  expect(timeout.ms).toBe(120);
  timeout.onStarted(5);
  expect(timeout.ms).toBe(40);
});
