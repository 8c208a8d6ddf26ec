/** Presents the limits of an account that a request has reached. */
import type { LimitReached } from "../limit-reached.ts";
import { formatBytes } from "../text/bytes.ts";
import { formatCount } from "../text/counts.ts";
import { formatDuration } from "../text/durations.ts";

/** @returns sentences on what the limit is and what helps */
export function reachedLimitText({ limit, max, retryAfterSeconds }: LimitReached): string {
  switch (limit) {
    case "maxStartsPerMinute":
      return `Your account can start ${formatCount(max, "jobs")} a minute. Try again in ${formatDuration(retryAfterSeconds * 1_000)}.`;
    case "maxQueuedJobs":
      return `Your account can have ${formatCount(max, "queued jobs")}. Wait until some have started, or cancel some.`;
    case "maxSchedules":
      return `Your account can have ${formatCount(max, "schedules")}. Delete one first.`;
    case "maxStoredBytes":
      return `Your account can store ${formatBytes(max)}, and this file doesn't fit. Files are deleted after their retention.`;
    case "maxParallelUploads":
      return `Your account can send ${formatCount(max, "files")} at once. Wait until one is uploaded.`;
    case "maxUnfinishedUploads":
      return `Your account can have ${formatCount(max, "unfinished uploads")}. Continue one or delete it.`;
    case "maxStreams":
      return `You can have ${formatCount(max, "event streams")} open. Close one, or poll instead.`;
  }
}
