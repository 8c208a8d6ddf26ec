/** `npm run restore -- FILE [--replace]`: puts a backup in the place of the data. */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databaseName, isPostgres, openBackend } from "../backend/open.ts";
import { unfinishedRestore } from "../backend/unfinished-restore.ts";
import { fetchBackup } from "../backup/backup-place.ts";
import { type Archive, openArchive } from "../backup/read-archive.ts";
import { type Restored, restoreIntoFolder, restoreIntoPostgres } from "../backup/restore-backup.ts";
import { type Config, directUrl, readConfig } from "../config.ts";
import { openStorage } from "../storage/open-storage.ts";
import { formatCount } from "../text/counts.ts";
import { formatDateTime } from "../text/dates.ts";
import { refuseWhileUsed } from "../transfer/refuse-while-used.ts";
import { runCommand } from "./run-command.ts";

await runCommand(async () => {
  const given = process.argv.slice(2);
  const replace = given.includes("--replace");
  const place = given.find((argument) => !argument.startsWith("--"));
  if (!place) throw new Error("Usage: npm run restore -- FILE (or s3://…) [--replace]");
  const config = readConfig();
  await refuseWhileUsed(directUrl(config));
  const folder = await mkdtemp(join(tmpdir(), "headway-restore-"));
  try {
    const archive = await openArchive(await fetchBackup(place, folder));
    try {
      report(await restore(archive, config, replace));
    } finally {
      archive.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function restore(archive: Archive, config: Config, replace: boolean): Promise<Restored> {
  const { databaseUrl, listenUrl, storageDir } = config;
  if (isPostgres(databaseUrl)) {
    const to = await openBackend(databaseUrl, { listenUrl });
    try {
      const { jobsDirs } = config;
      await to.migrate({ jobsDirs });
      const storage = await openStorage(config);
      const name = databaseName(databaseUrl);
      return await restoreIntoPostgres(archive, { to, name, storage, storageDir, jobsDirs });
    } finally {
      await to.close();
    }
  }
  if (!replace && (await hasData(config))) {
    throw new Error(
      `${storageDir} has data. To restore nevertheless, add --replace: what is there is kept in a folder beside`,
    );
  }
  return restoreIntoFolder(archive, storageDir, config.bucket && (await openStorage(config)));
}

/** Takes a database that cannot be read for one with data: perhaps some of it can be saved. */
async function hasData({ databaseUrl, storageDir }: Config): Promise<boolean> {
  if (!existsSync(databaseUrl) || existsSync(unfinishedRestore(storageDir))) return false;
  const backend = await openBackend(databaseUrl, { mustExist: true }).catch(() => undefined);
  if (!backend) return true;
  try {
    const row = await backend.db.selectFrom("members").select("user_id").executeTakeFirst();
    return row !== undefined;
  } catch {
    return true;
  } finally {
    await backend.close();
  }
}

function report({ backupAt, files, pausedJobs, before }: Restored): void {
  const when = formatDateTime(backupAt).text;
  console.log(`Restored the backup of ${when}, with ${formatCount(files, "files")}`);
  if (pausedJobs > 0) {
    console.log(
      `Paused ${formatCount(pausedJobs, "jobs")}, unfinished in the backup: what was done since may be done again. Resume each where that is right`,
    );
  }
  if (before) console.log(`The data that was here is in ${before}`);
}
