/** `npm run doctor`: looks for damage in the database and for files that do not belong to it. */
import { readdir } from "node:fs/promises";
import { openBackend } from "../backend/open.ts";
import { readConfig } from "../config.ts";
import { examineDatabase } from "../doctor/examine-database.ts";
import { examineFiles } from "../doctor/examine-files.ts";
import { openStorage } from "../storage/open-storage.ts";
import { formatCount } from "../text/counts.ts";
import { runCommand } from "./run-command.ts";

await runCommand(async () => {
  const config = readConfig();
  const { databaseUrl, listenUrl, storageDir } = config;
  const backend = await openBackend(databaseUrl, { listenUrl, mustExist: true });
  try {
    await backend.migrate({ acceptNewer: true });
    const database = await examineDatabase(backend);
    report("Database", database);
    // Without its rows no file can be judged.
    const isReadable = database.every((line) => !line.startsWith("The database file is damaged"));
    if (isReadable) report("Files", await examineFiles(backend, await openStorage(config)));
    report("Leftovers", await findLeftovers(storageDir));
  } finally {
    await backend.close();
  }
});

function report(what: string, problems: readonly string[]): void {
  const count = problems.length === 0 ? "no problem" : formatCount(problems.length, "problems");
  console.log(`${what}: ${count}`);
  if (problems.length > 0) process.exitCode = 1;
  for (const line of problems) console.log(`  ${line}`);
}

async function findLeftovers(storageDir: string): Promise<string[]> {
  const names = (await readdir(storageDir)).filter((name) => /^\.(backup|restore)-/.test(name));
  return names.map((name) => `${name} is of an interrupted command: delete it if none runs`);
}
