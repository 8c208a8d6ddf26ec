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
  const untidy = (await removeScratch(run, ended.id, log)) ? 0 : 1;
  await run.backend.db.updateTable("jobs").set({ untidy }).where("id", "=", ended.id).execute();
}

/** @returns whether nothing is left; else the sweep comes back to it */
async function removeScratch({ storage }: Run, id: string, log: Log): Promise<boolean> {
  try {
    await storage.removeAll(`jobs/${id}/scratch/`);
    return true;
  } catch (error) {
    log.warn({ job: id, err: error }, "working files cannot be removed yet");
    return false;
  }
}
