/** The follow-ups that a run offers; `engine/start/follow-up.ts` starts them. */
import { loseLease, type Run } from "./run.ts";

/** @throws Error if the kind declares no follow-up of this name */
export async function offerFollowUp(run: Run, name: string): Promise<void> {
  if (!run.kind.followUps?.[name]) throw new Error(`The kind has no follow-up "${name}"`);
  const offered: string[] = JSON.parse(run.row.follow_ups ?? "[]");
  if (offered.includes(name)) return;
  const followUps = JSON.stringify([...offered, name]);
  const { numUpdatedRows } = await run.backend.db
    .updateTable("jobs")
    .set({ follow_ups: followUps })
    .where("id", "=", run.row.id)
    .where("fence", "=", run.row.fence)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) loseLease(run);
  run.row.follow_ups = followUps;
}
