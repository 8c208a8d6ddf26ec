/** What an ended job left behind: its kind cleans up, and its working files go. */
import type { JobRow } from "../../backend/schema.ts";
import type { JobContext } from "../../job.ts";
import type { Log } from "../../log.ts";
import type { Run } from "./run.ts";

/**
 * Safe to repeat. A failing `cleanup` is told in the log and keeps nothing else from being removed.
 * @param ended the job as it is now
 */
export async function clean(run: Run, job: JobContext, ended: JobRow, log: Log): Promise<void> {
  if (ended.status !== "succeeded") {
    try {
      await run.kind.cleanup?.(job, JSON.parse(ended.input) as never);
    } catch (error) {
      log.error({ job: ended.id, err: error }, "cleanup failed");
    }
  }
  await removeScratch(run, ended.id, log);
}

/** Its working files go; where they cannot yet, the sweep comes back to them. */
export async function removeScratch(
  { backend, storage }: Pick<Run, "backend" | "storage">,
  id: string,
  log: Log,
): Promise<void> {
  let untidy = 0;
  try {
    await storage.removeAll(`jobs/${id}/scratch/`);
  } catch (error) {
    untidy = 1;
    log.warn({ job: id, err: error }, "working files cannot be removed yet");
  }
  await backend.db.updateTable("jobs").set({ untidy }).where("id", "=", id).execute();
}
