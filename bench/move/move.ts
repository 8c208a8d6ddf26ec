/**
 * Measures `npm run move` with a million contacts, from its start to the comparison of all rows, beside
 * `COPY` of rows that are read from a file, and compared with nothing.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openBackend } from "../../server/backend/open.ts";
import { insertJob } from "../../test/support/job-row.ts";
import { createDatabase, startCluster } from "../../test/support/postgres.ts";
import { insertContacts } from "../contact-search/insert-contacts.ts";
import { tableOf, writeLines } from "../import/csv.ts";
import { checkpoint, copyIn } from "../postgres/copy-in.ts";
import { atLeast, type Row } from "../support/row.ts";
import { median } from "../support/statistics.ts";

const root = join(import.meta.dirname, "../..");
const many = 1_000_000;
const repetitions = 3;

export async function moves(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "headway-move-"));
  const prepared = join(folder, "rows.csv");
  await writeLines(prepared, tableOf(many));
  await fill(join(folder, "headway.db"));
  const cluster = await startCluster();
  try {
    const [there, back, copied]: number[][] = [[], [], []];
    for (let time = 0; time < repetitions; time++) {
      const url = await createDatabase(cluster.url, `move-${time}`);
      there!.push(await move(folder, "", url));
      copied!.push(await copyIn(url, prepared));
      await checkpoint(url);
      back!.push(await move(folder, url, "sqlite"));
      console.error(
        `  ${there!.at(-1)!.toFixed(1)} s, back ${back!.at(-1)!.toFixed(1)} s; copied in ${copied!.at(-1)!.toFixed(1)} s`,
      );
    }
    const row = (what: string, seconds: number[]) =>
      atLeast({
        what,
        ours: many / median(seconds),
        baseline: many / median(copied!),
        unit: "rows/s",
        bar: 0.3,
        by: "\\copy, same table and indexes, not compared",
      });
    return [row("move of 1,000,000 contacts to Postgres", there!), row("  and back", back!)];
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(path: string): Promise<void> {
  const backend = await openBackend(path);
  await backend.migrate();
  const account = { id: "account-1", name: "Ada", created_at: backend.now() };
  await backend.db.insertInto("accounts").values(account).execute();
  const { id } = await insertJob(backend, { status: "done", finished_at: backend.now() });
  await insertContacts(backend, { accountId: "account-1", jobId: id }, many);
  await backend.close();
}

/** @returns the seconds of the whole command */
async function move(storageDir: string, databaseUrl: string, target: string): Promise<number> {
  const env = { ...process.env, STORAGE_DIR: storageDir, DATABASE_URL: databaseUrl };
  const startedAt = performance.now();
  await promisify(execFile)(process.execPath, ["server/commands/move.ts", target], {
    cwd: root,
    env,
  });
  return (performance.now() - startedAt) / 1_000;
}
