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
  await run.storage.removeAll(`jobs/${ended.id}/scratch/`);
  await run.backend.db.updateTable("jobs").set({ untidy: 0 }).where("id", "=", ended.id).execute();
}
