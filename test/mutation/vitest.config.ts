/** The quick tests, on SQLite alone: the tests of `npm test` run the same code on Postgres. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["test/mutation/global-setup.ts"],
    setupFiles: ["test/support/native-response.ts"],
    include: [`${process.env.MUTATION_TESTS}/**/*.test.ts`],
    exclude: [
      ...["test/faults/**", "test/e2e/**", "test/live-client/**"],
      // These need Postgres, compile templates and styles, or read the sources, which are changed here.
      ...["test/backend/**", "test/commands/**", "test/*.test.ts"],
      ...["test/views/types.test.ts", "test/views/stylesheet.test.ts"],
      ...["test/accounts/shared-secret.test.ts", "test/routes/api/problems.test.ts"],
    ],
    provide: { postgresUrl: "" },
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
