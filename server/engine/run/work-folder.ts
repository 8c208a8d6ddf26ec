/** Folders on this machine in which the programs of a run read and write. */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Backend } from "../../backend/backend.ts";
import type { Claimed } from "../finish.ts";

export interface WorkFolder {
  /** Creates it at the first call. @returns its absolute path */
  path(): Promise<string>;
  delete(): Promise<void>;
}

/** @param parent absolute path; the folders of all runs are in it */
export function createWorkFolder(parent: string, { id, fence }: Claimed): WorkFolder {
  const path = join(parent, `${id}.${fence}`);
  let created: Promise<string> | undefined;
  return {
    path() {
      created ??= mkdir(path, { recursive: true, mode: 0o700 }).then(() => path);
      return created;
    },
    async delete() {
      if (created) await rm(path, { recursive: true, force: true });
    },
  };
}

/** Deletes the folders of runs that were killed, on this machine or another one that shares them. */
export async function deleteAbandonedFolders(backend: Backend, parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  const ids = names.map((name) => name.split(".")[0]!);
  if (ids.length === 0) return;
  const jobs = await backend.db
    .selectFrom("jobs")
    .select(["id", "fence", "status", "cleanup_due_at"])
    .where("id", "in", ids)
    .execute();
  const now = backend.now();
  const inUse = new Set(
    jobs
      // A worker that cleans up after an ended job has postponed its cleanup.
      .filter(({ status, cleanup_due_at: due }) => status === "running" || (due ?? 0) > now)
      .map(({ id, fence }) => `${id}.${fence}`),
  );
  for (const name of names) {
    if (!inUse.has(name)) await rm(join(parent, name), { recursive: true, force: true });
  }
}
