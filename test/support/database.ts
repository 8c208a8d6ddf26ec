/** Creates a migrated SQLite database for one test file. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";

export interface TestDatabase {
  backend: Backend;
  /** A folder that is deleted with the database. */
  dir: string;
  close(): Promise<void>;
}

export async function testDatabase(): Promise<TestDatabase> {
  const dir = mkdtempSync(join(tmpdir(), "headway-test-"));
  const backend = await openBackend(join(dir, "headway.db"));
  await backend.migrate();
  return {
    backend,
    dir,
    async close() {
      await backend.close();
      rmSync(dir, { recursive: true });
    },
  };
}
