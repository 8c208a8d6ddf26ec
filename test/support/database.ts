/** Creates a migrated SQLite database for one test file. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
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
  const path = join(dir, "headway.db");
  copyFileSync(inject("migrated").sqlite, path);
  const backend = await openBackend(path);
  return {
    backend,
    dir,
    async close() {
      await backend.close();
      rmSync(dir, { recursive: true });
    },
  };
}
