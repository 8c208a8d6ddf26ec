/** The jobs that a finished job offers to start. Pure. */
import type { JobRow } from "../backend/schema.ts";
import type { FollowUp, Kind } from "../job.ts";
import { isFinal } from "./status.ts";

/** @returns the follow-ups by name, without those that were started */
export function offeredFollowUps(
  job: Pick<JobRow, "status" | "follow_ups">,
  kind: Pick<Kind, "followUps"> | undefined,
): [name: string, followUp: FollowUp][] {
  if (!kind?.followUps || !job.follow_ups || !isFinal(job.status)) return [];
  const names: string[] = JSON.parse(job.follow_ups);
  return names.flatMap((name): [string, FollowUp][] => {
    const followUp = kind.followUps?.[name];
    return followUp ? [[name, followUp]] : [];
  });
}
