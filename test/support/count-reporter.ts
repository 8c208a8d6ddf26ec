import type { Reporter, TestModule } from "vitest/node";

/** Prints a last line of counts, and fails the run if a test was not run. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === "passed" || state === "failed" ? state : "skipped"]++;
        if (state !== "passed" && state !== "failed")
          process.stdout.write(`not run: ${test.fullName}\n`);
      }
      // A file that does not load has no tests to count.
      if (module.state() === "failed" && module.children.size === 0) counts.failed++;
    }
    const failed = counts.failed + counts.skipped;
    // Set at the very end, because the package that stops Postgres on exit sets the code 0.
    if (failed > 0 || errors.length > 0) {
      process.once("exit", () => {
        process.exitCode = 1;
      });
    }
    setImmediate(() => process.stdout.write(`\n${counts.passed} passed, ${failed} failed\n`));
  }
}
