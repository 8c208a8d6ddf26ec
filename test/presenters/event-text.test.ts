import { describe, expect, test } from "vitest";
import { eventTypes, type JobEvent } from "../../server/engine/job-event.ts";
import { eventMessage } from "../../server/presenters/event-text.ts";

const cancelled = { outcome: null, succeeded: 61, done: 61, total: 600 };
const examples: [message: string, event: JobEvent][] = [
  ["Created", { type: "created", details: null }],
  ["Started", { type: "started", details: { fence: 1 } }],
  ["Continued from the last checkpoint", { type: "continued", details: { fence: 2 } }],
  ["Retry 1 of 3 started", { type: "continued", details: { fence: 2, retry: 1, of: 3 } }],
  ["42 %", progress({ progress_pct: 42 })],
  ["1,204 so far", progress({ progress_pct: null })],
  ["Reading", progress({ message: "Reading" })],
  ["Import", { type: "step_started", details: { name: "Import", step: 2, steps: 2 } }],
  ["Import", { type: "step_finished", details: { name: "Import", step: 2, steps: 2 } }],
  ["Pause requested", { type: "pause_requested", details: { by: "ada" } }],
  ["Paused", { type: "paused", details: null }],
  ["Resumed", { type: "resumed", details: { by: "ada" } }],
  [
    "Paused: restored from the backup of Nov 23, 07:00 UTC",
    { type: "restored", details: { backup_at: Date.UTC(2026, 10, 23, 7) } },
  ],
  ["Started ahead of schedule", { type: "brought_forward", details: { by: "ada" } }],
  [
    "Moved to Nov 24, 07:00 UTC",
    { type: "rescheduled", details: { by: "ada", run_at: "2026-11-24T07:00:00.000Z" } },
  ],
  [
    "Created for Nov 24, 07:00 UTC by its schedule",
    { type: "created", details: { schedule_id: "1", planned_at: "2026-11-24T07:00:00.000Z" } },
  ],
  ["Cancel requested", { type: "cancel_requested", details: { by: "ada" } }],
  ["Retry 2 of 3 in 4 s: busy", retry(4_000)],
  ["Retry 2 of 3 in 200 ms: busy", retry(200)],
  ["Interrupted. Resumes from the last checkpoint.", { type: "interrupted", details: null }],
  ["Made room for others; goes on by itself", { type: "made_room", details: null }],
  ["Waits 1 h", { type: "sleeping", details: { wait_ms: 3_600_000, reason: null } }],
  [
    "Waits 22 s: the service allows 100 letters a minute",
    {
      type: "sleeping",
      details: { wait_ms: 22_000, reason: "the service allows 100 letters a minute" },
    },
  ],
  ["Resuming after a lost worker", { type: "rescued", details: { rescue: 1 } }],
  ["Imported 3 of 3", { type: "done", details: { outcome: "Imported 3 of 3" } }],
  ["no such file", { type: "failed", details: { reason: "error", error: "no such file" } }],
  ["Timed out after 2 h", { type: "failed", details: { reason: "timeout", allowed_ms: 7.2e6 } }],
  [
    "Stopped after 3 crashes at the same place",
    { type: "failed", details: { reason: "worker_lost", rescues: 3 } },
  ],
  ["The kind of this job was removed", { type: "failed", details: { reason: "unknown_kind" } }],
  [
    "Cancelled after 61 of 600 seconds. Finished work was kept.",
    { type: "cancelled", details: { ...cancelled, reason: "while_running" } },
  ],
  [
    "Cancelled. Nothing was kept.",
    {
      type: "cancelled",
      details: { ...cancelled, reason: "while_running", done: 0, succeeded: 0 },
    },
  ],
  [
    "Cancelled while paused. Finished work was kept.",
    { type: "cancelled", details: { ...cancelled, reason: "while_paused" } },
  ],
  [
    "Cancelled before it started",
    { type: "cancelled", details: { ...cancelled, reason: "before_start" } },
  ],
  [
    "Cancelled: 61 contacts were saved",
    {
      type: "cancelled",
      details: {
        ...cancelled,
        reason: "while_running",
        outcome: "Cancelled: 61 contacts were saved",
      },
    },
  ],
];

describe("the message of an event", () => {
  test.each(examples)("is %j", (message, event) => {
    expect(eventMessage(event, "seconds")).toBe(message);
  });

  test("has an example for every type", () => {
    expect(new Set(examples.map(([, { type }]) => type))).toEqual(new Set(eventTypes));
  });
});

function progress(more: { progress_pct?: number | null; message?: string }): JobEvent {
  const details = { done: 1_204, total: null, progress_pct: null, message: null, ...more };
  return { type: "progress", details };
}

function retry(wait_ms: number): JobEvent {
  return { type: "retry_scheduled", details: { retry: 2, of: 3, wait_ms, error: "busy" } };
}
