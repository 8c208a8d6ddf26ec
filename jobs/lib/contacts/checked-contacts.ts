/** Hands the sorted contacts of a check over to the import of the same file. */
import type { JobContext } from "../../../server/job.ts";
import { joinedBlocks } from "../external-sort/join-runs.ts";
import { runName } from "./read-contacts.ts";
import { type ReadResult, readStep } from "./read-step.ts";

/** Keeps the contacts of all runs in one file of the check, which only other jobs can open. */
export async function writeCheckedContacts(
  job: JobContext,
  runs: readonly string[],
): Promise<void> {
  const file = { name: "contacts.ndjson", type: "application/x-ndjson", role: "internal" } as const;
  await job.file(file, joinedBlocks(job.scratch, runs, job.signal));
}

/**
 * Copies the contacts of a check to where those of a read file would be.
 * @returns undefined if the check or its file no longer exists; then the file is to be read again
 */
export async function takeCheckedContacts(
  job: JobContext,
  checkId: string,
): Promise<ReadResult | undefined> {
  const check = await job.jobs.get(checkId);
  const read = await check?.stepResult<ReadResult>(readStep);
  const contacts = read && (await check?.open("internal"));
  if (!contacts) return undefined;
  await job.scratch.write(runName(0), contacts.read());
  job.log("Took over the contacts of the check, without reading the file again");
  return { ...read, runs: read.contacts > 0 ? 1 : 0, rejected: 0 };
}
