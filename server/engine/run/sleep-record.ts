/**
 * The waits that a job has begun since its last checkpoint. A run that gave back its slot for a long
 * sleep is repeated from that checkpoint, so the next run gets to the same sleep again.
 */

/** The JSON in the column `sleep` of a job. */
export interface RecordedSleep {
  /** The end of a long `job.sleep`, ms since 1970. */
  until?: number;
  /** Position of the step in which the job sleeps, null between two steps. */
  step?: number | null;
  /** The sum of the waits that services asked for, ms. */
  requestedMs?: number;
}

export interface SleepRecord {
  /** Undefined if the next checkpoint has nothing to clear. */
  readonly recorded: RecordedSleep | undefined;
  /**
   * Begins a long sleep.
   * @param step position of the running step, null between two steps
   * @returns the end of the same sleep in an earlier run, ms since 1970; "new" for the first one since
   *   the checkpoint; "repeated" for a further one, which the next run could not tell from the first
   */
  begin(step: number | null): number | "new" | "repeated";
  /** A new checkpoint was saved, behind which no sleep has begun. */
  clear(): void;
}

/** @param stored the column `sleep` of the claimed job */
export function createSleepRecord(stored: string | null): SleepRecord {
  let recorded: RecordedSleep | undefined = JSON.parse(stored ?? "null") ?? undefined;
  /** The end of the earlier run's sleep, until this run gets to it. */
  let earlier = recorded?.until;
  let hasBegun = false;
  return {
    get recorded() {
      return recorded;
    },
    begin(step) {
      const isSame = earlier !== undefined && recorded?.step === step;
      const isFirst = !hasBegun && recorded?.until === undefined;
      hasBegun = true;
      if (!isSame) return isFirst ? "new" : "repeated";
      const until = earlier!;
      earlier = undefined;
      return until;
    },
    clear() {
      recorded = undefined;
      earlier = undefined;
      hasBegun = false;
    },
  };
}
