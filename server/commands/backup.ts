/** `npm run backup -- FILE`: writes all data into one archive, also while Headway runs. */

import type { Backend } from "../backend/backend.ts";
import { openBackend } from "../backend/open.ts";
import { saveBackup } from "../backup/backup-place.ts";
import { createBackup } from "../backup/create-backup.ts";
import { type Config, readConfig } from "../config.ts";
import { openStorage } from "../storage/open-storage.ts";
import { formatBytes } from "../text/bytes.ts";
import { formatCount } from "../text/counts.ts";
import { formatDuration } from "../text/durations.ts";
import { runCommand } from "./run-command.ts";

await runCommand(async () => {
  const place = process.argv[2];
  if (!place) throw new Error("Usage: npm run backup -- FILE (or s3://bucket/folder/name.zip)");
  const startedAt = performance.now();
  const config = readConfig();
  const { databaseUrl, listenUrl, storageDir } = config;
  const storage = await openStorage(config);
  const backend = await openBackend(databaseUrl, { listenUrl, mustExist: true });
  try {
    await backend.migrate({ jobsDirs: config.jobsDirs });
    const secret = await generatedSecret(backend, config);
    const parts = { backend, storage, storageDir, secret, jobsDirs: config.jobsDirs };
    let bytes = 0;
    const { files, missing } = await createBackup(parts, (archive) =>
      saveBackup(
        place,
        counted(archive, (length) => (bytes += length)),
      ),
    );
    const took = formatDuration(performance.now() - startedAt);
    console.log(
      `Backed up the database and ${formatCount(files, "files")}: ${formatBytes(bytes)} in ${took}`,
    );
    if (config.secretIsSet) console.log("SECRET is not in the backup: keep it yourself");
    for (const key of missing) console.log(`Missing in the storage: ${key}`);
  } finally {
    await backend.close();
  }
});

/** @returns null for a secret that the operator has set */
async function generatedSecret({ db }: Backend, config: Config): Promise<string | null> {
  if (config.secretIsSet) return null;
  const query = db.selectFrom("secrets").select("value").where("name", "=", "generated");
  return (await query.executeTakeFirst())?.value ?? config.secret;
}

async function* counted(chunks: AsyncIterable<Uint8Array>, add: (bytes: number) => void) {
  for await (const chunk of chunks) {
    add(chunk.length);
    yield chunk;
  }
}
