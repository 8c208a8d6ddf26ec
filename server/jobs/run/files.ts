/** Files that a job leaves for download: whole, or not there. */
import type { Run } from "./run.ts";
import { loseLease } from "./run.ts";

const keepMs = 72 * 3_600_000;

export interface NewFile {
  id: string;
  name: string;
  type: string;
  role?: "result" | "rejects";
}

/**
 * Streams the bytes to storage, then lists the file with the job. One of the same role and name
 * that an earlier run left is replaced.
 */
export async function keepFile(
  run: Run,
  file: NewFile,
  chunks: AsyncIterable<Uint8Array | string>,
): Promise<void> {
  const { storage, row, backend } = run;
  const role = file.role ?? "result";
  const key = `jobs/${row.id}/files/${file.id}`;
  const { size } = await storage.write(key, bytes(chunks, run.abort.signal));
  const replaced = await backend.write(async (write) => {
    const held = await write.db
      .updateTable("jobs")
      .set((eb) => ({ version: eb("version", "+", 1) }))
      .where("id", "=", row.id)
      .where("fence", "=", row.fence)
      .where("status", "=", "running")
      .executeTakeFirst();
    if (held.numUpdatedRows === 0n) loseLease(run);
    const replaced = await write.db
      .deleteFrom("files")
      .where("job_id", "=", row.id)
      .where("role", "=", role)
      .where("name", "=", file.name)
      .returning("storage_key")
      .execute();
    const at = backend.now();
    await write.db
      .insertInto("files")
      .values({
        id: file.id,
        job_id: row.id,
        role,
        name: file.name,
        media_type: file.type,
        size,
        storage_key: key,
        created_at: at,
        expires_at: at + keepMs,
      })
      .execute();
    write.changed(row.id);
    return replaced;
  });
  for (const { storage_key } of replaced) await storage.remove(storage_key);
}

async function* bytes(
  chunks: AsyncIterable<Uint8Array | string>,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield typeof chunk === "string" ? encoder.encode(chunk) : chunk;
  }
}
