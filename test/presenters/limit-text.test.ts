import { expect, test } from "vitest";
import { LimitReached } from "../../server/limit-reached.ts";
import type { Limits } from "../../server/limits.ts";
import { reachedLimitText } from "../../server/presenters/limit-text.ts";

const texts: Record<keyof Limits, [number, string]> = {
  maxStartsPerMinute: [600, "Your account can start 600 jobs a minute. Try again in 12 s."],
  maxQueuedJobs: [
    10_000,
    "Your account can have 10,000 queued jobs. Wait until some have started, or cancel some.",
  ],
  maxSchedules: [100, "Your account can have 100 schedules. Delete one first."],
  maxStoredBytes: [
    10_000_000_000,
    "Your account can store 10 GB, and this file doesn't fit. Files are deleted after their retention.",
  ],
  maxParallelUploads: [1, "Your account can send 1 file at once. Wait until one is uploaded."],
  maxUnfinishedUploads: [
    100,
    "Your account can have 100 unfinished uploads. Continue one or delete it.",
  ],
  maxStreams: [200, "You can have 200 event streams open. Close one, or poll instead."],
};

test.each(Object.entries(texts))(
  "the limit %s is explained in a sentence",
  (limit, [max, text]) => {
    expect(reachedLimitText(new LimitReached(limit as keyof Limits, max, 12))).toBe(text);
  },
);
