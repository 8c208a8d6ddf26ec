/**
 * The baseline of an import: the `sqlite3` shell reads the same rows into the identical table, in
 * its one transaction. Without a shell, the driver inserts them the same way.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import Database from "better-sqlite3";

/** As the application sets its files (`server/backend/sqlite/immediate-dialect.ts`). */
const settings =
  "pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -32000;";

export const hasShell = isThere();
export const shellName = hasShell ? "sqlite3 .import" : "better-sqlite3, one transaction";

function isThere(): boolean {
  try {
    execFileSync("sqlite3", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/**
 * @param like a file of the application: its table and indexes are made here too
 * @returns seconds
 */
export async function importWithShell(like: string, people: string, file: string): Promise<number> {
  const original = new Database(like, { readonly: true });
  const schema = original
    .prepare("select sql from sqlite_master where tbl_name = 'contacts' and sql is not null")
    .pluck()
    .all() as string[];
  original.close();
  const copy = new Database(file);
  copy.exec(settings);
  for (const statement of schema) copy.exec(statement);

  const startedAt = performance.now();
  if (hasShell) {
    const input = `${settings}\n.mode csv\n.import '${people}' contacts\n`;
    const shell = spawn("sqlite3", [file], { stdio: ["pipe", "ignore", "inherit"] });
    shell.stdin.end(input);
    await once(shell, "exit");
  } else await insertAll(copy, people);
  const took = (performance.now() - startedAt) / 1_000;

  const count = copy.prepare("select count(*) from contacts").pluck().get() as number;
  copy.close();
  for (const end of ["", "-wal", "-shm"]) rmSync(file + end, { force: true });
  if (count === 0) throw new Error("The baseline imported nothing");
  return took;
}

async function insertAll(database: Database.Database, people: string): Promise<void> {
  const insert = database.prepare(`insert into contacts values (${Array(10).fill("?")})`);
  database.exec("begin");
  for await (const line of createInterface({ input: createReadStream(people) })) {
    insert.run(line.split(","));
  }
  database.exec("commit");
}
