import { expect, test } from "vitest";
import type { LogRow } from "../../server/backend/schema.ts";
import type { JobReader } from "../../server/engine/job-reader.ts";
import { createBroadcaster } from "../../server/live/broadcaster.ts";
import type { Frames } from "../../server/live/frames.ts";
import { createMailbox } from "../../server/live/mailbox.ts";
import { createSubscriptions } from "../../server/live/subscriptions.ts";
import { jobView } from "../../server/presenters/job.ts";
import { jobRow, runningJob } from "../support/job-row.ts";

test("a line that is read in the turn in which a watcher joins reaches the watcher once", async () => {
  const row = jobRow({ ...runningJob(), version: 1, log_seq: 0 });
  const reads: PromiseWithResolvers<LogRow[]>[] = [];
  const reader = {
    logTail() {
      const read = Promise.withResolvers<LogRow[]>();
      reads.push(read);
      return read.promise;
    },
  };
  const frames = {
    view: (job: typeof row, steps: [], now: number) => jobView(job, undefined, steps, now),
    panel: () => "panel",
    progress: () => "progress",
    result: async () => "",
    logLines: (_: string, lines: LogRow[]) => lines.map(({ message }) => message).join(),
  };
  const broadcaster = createBroadcaster({
    reader: reader as unknown as JobReader,
    frames: frames as unknown as Frames,
    now: () => 1_000,
  });
  const subscriptions = createSubscriptions();
  const chunks: string[] = [];
  subscriptions.add({
    topics: [{ kind: "job", id: row.id }],
    userId: "user-1",
    accountId: "account-1",
    cursors: new Map(),
    mailbox: createMailbox(
      (chunk) => void chunks.push(Buffer.from(chunk).toString()),
      () => false,
    ),
    end() {},
  });
  const [watcher] = subscriptions.watchers;
  const job = subscriptions.job(row.id)!;

  const snapshot = broadcaster.sendSnapshot(watcher!, job, row, []);
  await expect.poll(() => reads.length).toBe(1);
  const broadcast = broadcaster.broadcast(job, { ...row, version: 2, log_seq: 1 });
  await expect.poll(() => reads.length).toBe(2);
  reads[0]!.resolve([]);
  reads[1]!.resolve([
    { job_id: row.id, seq: 1, created_at: 1, level: "info", message: "first line" },
  ]);
  await expect.poll(() => reads.length === 3 || chunks.join("").includes("first line")).toBe(true);
  reads[2]?.resolve([]);
  await Promise.all([snapshot, broadcast]);
  expect(chunks.join("").match(/first line/g)).toHaveLength(1);
});
