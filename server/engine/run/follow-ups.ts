/** The follow-ups that a run offers; `engine/start/follow-up.ts` starts them. */
import { loseLease, type Run } from "./run.ts";

/** @throws Error if the kind declares no follow-up of this name */
export async function offerFollowUp(run: Run, name: string): Promise<void> {
  if (!run.kind.followUps?.[name]) throw new Error(`The kind has no follow-up "${name}"`);
  const offered = offeredBy(run);
  if (!offered.includes(name)) await save(run, [...offered, name]);
}

export async function withdrawFollowUp(run: Run, name: string): Promise<void> {
  const offered = offeredBy(run);
  if (offered.includes(name)) {
    await save(
      run,
      offered.filter((each) => each !== name),
    );
  }
}

function offeredBy({ row }: Run): string[] {
  return JSON.parse(row.follow_ups ?? "[]");
}

async function save(run: Run, names: readonly string[]): Promise<void> {
  const followUps = names.length > 0 ? JSON.stringify(names) : null;
  const { numUpdatedRows } = await run.backend.db
    .updateTable("jobs")
    .set({ follow_ups: followUps })
    .where("id", "=", run.row.id)
    .where("fence", "=", run.row.fence)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) loseLease(run);
  run.row.follow_ups = followUps;
}
