/**
 * `npm run move -- postgres://…` moves all data from SQLite to Postgres; with `DATABASE_URL` set to
 * that Postgres, `npm run move -- sqlite` moves it back.
 */
import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { Backend } from "../backend/backend.ts";
import { databaseName, isPostgres, openBackend } from "../backend/open.ts";
import { type Config, directUrl, readConfig } from "../config.ts";
import { replaceSecret } from "../secret-file.ts";
import { formatCount, formatNumber } from "../text/counts.ts";
import { type Moved, moveDatabase } from "../transfer/move-database.ts";
import { refuseWhileUsed } from "../transfer/refuse-while-used.ts";
import { cancelTransfer, findTransfer } from "../transfer/transfers.ts";
import { runCommand } from "./run-command.ts";

const usage = `Usage: npm run move -- postgres://…   from SQLite to Postgres
       DATABASE_URL=postgres://… npm run move -- sqlite   and back
       npm run move -- --cancel   use the database that a move has left or was to leave`;

await runCommand(async () => {
  const config = readConfig();
  const argument = process.argv[2];
  const source = directUrl(config);
  if (argument === "--cancel") return cancel(source);
  const target = targetOf(argument, config);
  await refuseWhileUsed(source);
  if (existsSync(target)) await setAside(target);
  await refuseWhileUsed(target);
  const from = await openBackend(source, { mustExist: true, check: true });
  const to = await openBackend(target).catch(async (error) => {
    await from.close();
    throw error;
  });
  try {
    const { jobsDirs } = config;
    await Promise.all([from.migrate({ jobsDirs }), to.migrate({ jobsDirs })]);
    const startedAt = performance.now();
    const names = { from: databaseName(source), to: databaseName(target) };
    const moved = await moveDatabase({ from, to, names, onPiece: progressLine() });
    await moveSecret(from, to, config);
    report(moved, performance.now() - startedAt, to);
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
});

function targetOf(argument: string | undefined, { databaseUrl, storageDir }: Config): string {
  const fromPostgres = isPostgres(databaseUrl);
  if (fromPostgres && argument === "sqlite") return join(storageDir, "headway.db");
  if (!fromPostgres && argument && isPostgres(argument)) return argument;
  throw new Error(usage);
}

async function cancel(source: string): Promise<void> {
  await refuseWhileUsed(source);
  const backend = await openBackend(source, { mustExist: true });
  try {
    await backend.migrate();
    await cancelTransfer(backend);
    console.log("This database can be used again");
  } finally {
    await backend.close();
  }
}

/** Renames a SQLite file whose data was moved away earlier. */
async function setAside(path: string): Promise<void> {
  await refuseWhileUsed(path);
  const file = await openBackend(path, { mustExist: true });
  const moved = await findTransfer(file, "out")
    .catch(() => undefined)
    .finally(() => file.close());
  if (!moved?.finished_at) return;
  const kept = `${path}.moved-${new Date(moved.finished_at).toISOString().slice(0, 19).replaceAll(":", "-")}`;
  for (const end of ["", "-wal", "-shm"]) {
    if (existsSync(path + end)) await rename(path + end, kept + end);
  }
}

/** Without it everybody would have to sign in again, and no link would work any more. */
async function moveSecret(from: Backend, to: Backend, config: Config): Promise<void> {
  if (config.secretIsSet) return;
  const query = from.db.selectFrom("secrets").select("value").where("name", "=", "generated");
  const value = (await query.executeTakeFirst())?.value ?? config.secret;
  if (!to.spansMachines) return replaceSecret(config.storageDir, value);
  const row = { name: "generated", value } as const;
  await to.db
    .insertInto("secrets")
    .values(row)
    .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
    .execute();
}

/** Prints each table when it is done, and long ones each 100,000 rows. */
function progressLine(): (table: string, rows: number) => void {
  let last = { table: "", printed: 0 };
  return (table, rows) => {
    if (table !== last.table) last = { table, printed: 0 };
    if (rows - last.printed < 100_000) return;
    last.printed = rows;
    console.log(`${table}: ${formatNumber(rows)} rows`);
  };
}

function report({ tables, rows, released }: Moved, ms: number, to: Backend): void {
  const perSecond = formatNumber(Math.round(rows / (ms / 1_000)));
  console.log(
    `Moved ${formatNumber(rows)} rows in ${tables.length} tables, each compared by count and checksum (${perSecond} rows/s)`,
  );
  if (released > 0)
    console.log(
      `Running when it stopped: ${formatCount(released, "jobs")}, to go on from checkpoints`,
    );
  console.log("Uploads and results stay where they are (STORAGE_DIR or STORAGE_URL)");
  console.log(
    to.spansMachines
      ? "Set DATABASE_URL to the new database and start Headway"
      : "Leave DATABASE_URL out and start Headway",
  );
}
