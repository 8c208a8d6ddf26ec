import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { openBackend } from "../../server/backend/open.ts";
import { environment } from "../support/application.ts";
import { launch } from "../support/processes.ts";

const root = join(import.meta.dirname, "../..");

/** Mistakes in an installation: title, setup (returns the environment), and the expected message. */
const mistakes: [string, (storageDir: string) => Promise<Record<string, string>>, string][] = [
  [
    "the file is not a database",
    async (storageDir) => {
      await writeFile(join(storageDir, "headway.db"), "Dear diary, ".repeat(1_000));
      return {};
    },
    "headway.db is damaged. Restore a backup",
  ],
  [
    "the database belongs to a newer version that has broken with this one",
    async (storageDir) => {
      const backend = await openBackend(join(storageDir, "headway.db"));
      await backend.migrate();
      await sql`insert into kysely_migration values ('999_later_breaking', '2099-01-01')`.execute(
        backend.db,
      );
      await backend.close();
      return {};
    },
    "a newer version of Headway made or updated it (999_later_breaking)",
  ],
  [
    "the folder of kinds does not exist",
    async () => ({ JOBS_DIR: `/nowhere/${randomUUID()}` }),
    "JOBS_DIR /nowhere/",
  ],
];

describe.each(["main", "web", "worker"])("server/%s.ts with a broken installation", (entry) => {
  test.each(mistakes)(
    "the process prints one line and exits when %s",
    async (_, prepare, message) => {
      const storageDir = await mkdtemp(join(tmpdir(), "headway-start-"));
      onTestFinished(() => rm(storageDir, { recursive: true }));
      const more = { PORT: "0", LOG_LEVEL: "silent", ...(await prepare(storageDir)) };
      const set = environment({ databaseUrl: undefined, storageDir }, more);
      const started = launch(join(root, `server/${entry}.ts`), set);
      onTestFinished(() => started.stop());
      expect((await started.exited).code).toBe(1);
      expect(started.output()).toMatch(/^Headway cannot start: [^\n]+\n$/);
      expect(started.output()).toContain(message);
    },
  );
});
