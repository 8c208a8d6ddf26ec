import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const root = join(import.meta.dirname, "../..");

/** The name of the migration that only the next version has. */
export const nextMigration = "999_next";

/** All kinds of additions that a migration may make beside an earlier version. */
export const nextStatements = [
  "create table next_things (id text primary key, job_id text references jobs (id))",
  "alter table jobs add column next_value text",
  "alter table workers add column next_value text",
  "alter table contacts add column next_value text not null default ''",
  "create index contacts_by_next on contacts (next_value)",
];

const migration = `
import { sql } from "kysely";
export async function up(db) {
  for (const statement of ${JSON.stringify(nextStatements)}) await sql.raw(statement).execute(db);
}
`;

export interface NextVersion {
  /** The path of the worker's program. */
  worker: string;
  /** Its kinds: `copy_rows`, and `copy_more_rows`, which this version does not know. */
  jobsDir: string;
}

/** Makes a copy of the application with one migration and one kind more: the version after this one. */
export function makeNextVersion(): NextVersion {
  const folder = mkdtempSync(join(tmpdir(), "headway-next-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["server", "migrations", "jobs", "package.json"]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, `migrations/${nextMigration}.ts`), migration);
  const jobsDir = join(folder, "next/kinds");
  mkdirSync(jobsDir, { recursive: true });
  const kind = readFileSync(join(root, "test/sample-kinds/copy_rows.ts"));
  for (const name of ["copy_rows", "copy_more_rows"])
    writeFileSync(join(jobsDir, `${name}.ts`), kind);
  return { worker: join(folder, "server/worker.ts"), jobsDir };
}
