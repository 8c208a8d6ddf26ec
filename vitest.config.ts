import { defineConfig } from "vitest/config";
import LongestFirst from "./test/support/longest-first.ts";

/** They start processes and kill them, and wait for clocks more than they compute. */
const faults = ["test/faults/**/*.test.ts"];
/** What people do in a browser; most of it waits for jobs. */
const browser = ["test/e2e/**/*.test.ts"];
/** What a browser shows within seconds: each file has the machine to itself. */
const alone = ["test/live-client/**/*.test.ts"];

export default defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    reporters: ["default", "./test/support/count-reporter.ts"],
    // Waiting ends as soon as it may; the limit is for machines that are busy with other things.
    expect: { poll: { timeout: 15_000 } },
    sequence: { sequencer: LongestFirst },
    // A test that does not run proves nothing.
    allowOnly: false,
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          include: ["test/**/*.test.ts"],
          exclude: [...faults, ...browser, ...alone],
          // Loading everything anew for each of many small files costs a quarter of their time.
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "faults",
          include: faults,
          testTimeout: 60_000,
          hookTimeout: 90_000,
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: browser,
          testTimeout: 60_000,
          hookTimeout: 90_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: alone,
          testTimeout: 60_000,
          hookTimeout: 90_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
