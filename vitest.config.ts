import { defineConfig } from "vitest/config";
import LongestFirst from "./test/support/longest-first.ts";

/** Ends what a file left behind. */
const stopProcesses = ["./test/support/stop-processes.ts"];
/** Tests that start and kill processes; they wait more than they compute. */
const faults = ["test/faults/**/*.test.ts"];
/** Measures how late frames come, which other tests would delay. */
const measured = "test/faults/web-listener.test.ts";
/** Browser tests of the whole application; they mostly wait for jobs. */
const browser = ["test/e2e/**/*.test.ts"];
/** Browser tests with short timeouts and measurements: each file runs alone. */
const alone = ["test/live-client/**/*.test.ts", measured];
/** More than the two cores of CI, because a test that waits for a lease or a process needs none. */
const maxWaiting = 3;

export default defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    reporters: ["default", "./test/support/count-reporter.ts"],
    // Polls end as soon as they succeed; the long limit is for busy machines.
    expect: { poll: { timeout: 60_000 } },
    sequence: { sequencer: LongestFirst },
    // `test.only` must not reach CI.
    allowOnly: false,
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          include: ["test/**/*.test.ts"],
          exclude: [...faults, ...browser, ...alone],
          // Isolation reloads every module for each small file, which costs a quarter of the time.
          isolate: false,
          setupFiles: ["./test/support/native-response.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "faults",
          include: faults,
          exclude: [measured],
          setupFiles: stopProcesses,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: maxWaiting,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: browser,
          setupFiles: stopProcesses,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: maxWaiting,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: alone,
          setupFiles: stopProcesses,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
