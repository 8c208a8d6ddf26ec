/** The most that an account or a person may use. Each is `Infinity` where there is no limit. */
export interface Limits {
  /** Starts of an account within a minute. */
  maxStartsPerMinute: number;
  /** Queued jobs of an account. */
  maxQueuedJobs: number;
  /** Schedules of an account. */
  maxSchedules: number;
  /** Bytes of the uploads and the result files of an account. */
  maxStoredBytes: number;
  /** Uploads that an account sends at the same time to one web process, the only one that they cost. */
  maxParallelUploads: number;
  /** Resumable uploads of an account that are not complete. */
  maxUnfinishedUploads: number;
  /** Event streams that a person has open at one web process, the only one that they cost. */
  maxStreams: number;
}

/** The limits that a start observes. */
export type StartLimits = Pick<Limits, "maxStartsPerMinute" | "maxQueuedJobs">;

/** The limits that a run observes. */
export type RunLimits = StartLimits & Pick<Limits, "maxStoredBytes">;
