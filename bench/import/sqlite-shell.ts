/**
 * The baseline of an import: the `sqlite3` shell imports the same rows into the same table in one
 * transaction. Where there is no shell, the driver inserts them in one transaction.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import Database from "better-sqlite3";

/** The same pragmas as the application's (`server/backend/sqlite/open-file.ts`). */
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
 * @param like a database file of the application, whose table and indexes are copied
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
  const seconds = (performance.now() - startedAt) / 1_000;

  const count = copy.prepare("select count(*) from contacts").pluck().get() as number;
  copy.close();
  for (const end of ["", "-wal", "-shm"]) rmSync(file + end, { force: true });
  if (count === 0) throw new Error("The baseline imported nothing");
  return seconds;
}

async function insertAll(database: Database.Database, people: string): Promise<void> {
  const insert = database.prepare(`insert into contacts values (${Array(13).fill("?")})`);
  database.exec("begin");
  for await (const line of createInterface({ input: createReadStream(people) })) {
    // Only the custom fields are quoted; they hold no comma.
    insert.run(line.split(",").map((cell) => cell.replace(/^"|"$/g, "").replaceAll('""', '"')));
  }
  database.exec("commit");
}
