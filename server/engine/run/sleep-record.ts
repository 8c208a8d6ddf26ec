/**
 * The long sleep that a job has begun since its last checkpoint. A run that gave back its slot for the
 * sleep is repeated from that checkpoint, so the next run gets to the same sleep again.
 */

/** The JSON in the column `sleep` of a job. */
export interface RecordedSleep {
  /** Ms since 1970. */
  until: number;
  /** Position of the step in which the job sleeps, null between two steps. */
  step: number | null;
}

export interface SleepRecord {
  /** Whether the row holds a sleep, which the next checkpoint has to clear. */
  readonly isStored: boolean;
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
  let recorded: RecordedSleep | null = JSON.parse(stored ?? "null");
  let isStored = recorded !== null;
  let hasBegun = false;
  return {
    get isStored() {
      return isStored;
    },
    begin(step) {
      const earlier = recorded?.step === step ? recorded : null;
      if (earlier) recorded = null;
      const isFirst = !hasBegun;
      hasBegun = true;
      if (earlier) return earlier.until;
      return isFirst && !isStored ? "new" : "repeated";
    },
    clear() {
      recorded = null;
      isStored = false;
      hasBegun = false;
    },
  };
}
