import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { JobRow, StepRow } from "../../server/backend/schema.ts";
import type { JobSummaryRow, KindSummary, QueuePosition } from "../../server/engine/job-summary.ts";
import { isFinal, statuses } from "../../server/engine/status.ts";
import { jobView } from "../../server/presenters/job.ts";
import type { DisplayStatus } from "../../server/presenters/job-status.ts";
import { displayStatus } from "../../server/presenters/job-status.ts";
import { jobRow } from "../support/job-row.ts";

const now = Date.UTC(2026, 10, 23, 14, 5);
const kind: KindSummary = {
  title: "Import contacts",
  input: z.object({}),
  steps: { "Reading the file": 1, Writing: 9 },
  unit: "rows",
  stepUnits: { "Reading the file": "bytes" },
};
const begun = { started_at: now - 72_000, claimed_at: now - 72_000, last_progress_at: now };
const view = (row: Partial<JobRow & JobSummaryRow>, steps: StepRow[] = []) =>
  jobView(jobRow({ created_at: now - 80_000, ...row }), kind, steps, now);

function queuedAt(position: number | null, different: Partial<QueuePosition> = {}): QueuePosition {
  return { position, startsAt: null, runningAtLimit: null, ...different };
}

/** Every display status with its label and a row that has it. */
const states: [DisplayStatus, string, Partial<JobRow & { queuePosition: QueuePosition }>][] = [
  ["queued", "Queued", { status: "queued", run_at: now }],
  ["queued", "Queued, next in line", { status: "queued", queuePosition: queuedAt(1) }],
  ["queued", "Queued, 3rd in line", { status: "queued", queuePosition: queuedAt(3) }],
  ["queued", "Queued, 11th in line", { status: "queued", queuePosition: queuedAt(11) }],
  ["queued", "Queued, 22nd in line", { status: "queued", queuePosition: queuedAt(22) }],
  ["queued", "Queued, more than 100 in line", { status: "queued", queuePosition: queuedAt(null) }],
  ["scheduled", "Scheduled", { status: "queued", run_at: now + 86_400_000 }],
  [
    "retrying",
    "Retry 2 of 3 in 4 s",
    { status: "queued", reason: "retry", retries: 2, run_at: now + 3_200 },
  ],
  [
    "retrying",
    "Retry 2 of 3 is next",
    { status: "queued", reason: "retry", retries: 2, run_at: now },
  ],
  [
    "retrying",
    "Retry 1 of 3 in 1 s: the gateway was busy",
    {
      ...{ status: "queued", reason: "retry", retries: 1, run_at: now + 900 },
      error: "The gateway was busy",
    },
  ],
  ["resuming", "Resuming after a lost worker", { status: "queued", reason: "rescued" }],
  [
    "resuming",
    "Resuming after a lost worker for 3 s",
    { status: "queued", reason: "rescued", released_at: now - 3_400 },
  ],
  ["resuming", "Resuming", { status: "queued", reason: "interrupted", released_at: now - 400 }],
  [
    "resuming",
    "Waiting for a worker that knows this kind",
    { status: "queued", reason: "unknown_kind", released_at: now - 90_000 },
  ],
  [
    "resuming",
    "Made room for others; goes on by itself",
    { status: "queued", reason: "made_room", released_at: now - 90_000 },
  ],
  [
    "waiting",
    "Waiting 22 s: the service allows 100 letters a minute",
    {
      ...{ status: "queued", reason: "sleeping", ...begun },
      ...{ run_at: now + 21_500, waiting_until: now + 21_500 },
      waiting_for: "the service allows 100 letters a minute",
    },
  ],
  [
    "waiting",
    "Waiting 3 h 20 min",
    {
      ...{ status: "queued", reason: "sleeping", ...begun },
      ...{ run_at: now + 12_000_000, waiting_until: now + 12_000_000 },
    },
  ],
  [
    "resuming",
    "Resuming",
    { status: "queued", reason: "sleeping", run_at: now, released_at: now - 60_000 },
  ],
  [
    "resuming",
    "Resuming",
    { status: "queued", reason: "woken", run_at: now, released_at: now - 60_000 },
  ],
  ["queued", "Queued", { status: "queued", reason: "resumed" }],
  ["running", "Running", { status: "running", ...begun }],
  [
    "running",
    "Waiting 22 s: the service allows 100 letters a minute",
    {
      ...{ status: "running", ...begun, waiting_until: now + 21_500 },
      waiting_for: "the service allows 100 letters a minute",
    },
  ],
  ["running", "Running", { status: "running", reason: "retry", ...begun }],
  ["pausing", "Pausing for 3 s", { status: "running", ...begun, pause_requested_at: now - 3_000 }],
  ["pausing", "Pausing", { status: "running", ...begun, pause_requested_at: now - 999 }],
  [
    "cancelling",
    "Cancelling for 4 s",
    { status: "running", ...begun, cancel_requested_at: now - 4_000 },
  ],
  ["paused", "Paused", { status: "paused", ...begun }],
  [
    "paused",
    "Paused after a restore",
    { status: "paused", ...begun, reason: "restored", released_at: now - 60_000 },
  ],
  ["done", "Done", { status: "done", ...begun, finished_at: now }],
  [
    "partly-done",
    "Done with rejects",
    { status: "done", ...begun, finished_at: now, succeeded: 98_796, rejected: 1_204 },
  ],
  [
    "nothing-done",
    "Done with rejects",
    { status: "done", ...begun, finished_at: now, rejected: 1_204 },
  ],
  ["failed", "Failed", { status: "failed", ...begun, finished_at: now }],
  ["cancelled", "Cancelled", { status: "cancelled", finished_at: now }],
  [
    "cancelled",
    "Cancelled",
    { status: "cancelled", ...begun, finished_at: now, cancel_requested_at: now },
  ],
];

describe("display statuses", () => {
  test.each(states)("a job has the display status %s with the label “%s”", (shown, label, row) => {
    expect(view(row)).toMatchObject({ displayStatus: shown, label, status: row.status });
    expect(displayStatus(jobRow(row), undefined, now)).toBe(shown);
    expect(view(row).active).toBe(!isFinal(row.status!));
  });

  test("these examples cover every status and every display status", () => {
    expect(new Set(states.map(([, , { status }]) => status))).toEqual(new Set(statuses));
    const all: Record<DisplayStatus, true> = {
      ...{ scheduled: true, queued: true, retrying: true, resuming: true, waiting: true },
      ...{ running: true, pausing: true, paused: true, cancelling: true },
      ...{ done: true, "partly-done": true, "nothing-done": true, failed: true, cancelled: true },
    };
    expect(new Set(states.map(([shown]) => shown))).toEqual(new Set(Object.keys(all)));
  });

  test.each(states)(
    "the view of a job that is %s (%s) has no text that is undefined or not a number",
    (_, __, row) => {
      expect(JSON.stringify(view(row))).not.toMatch(/undefined|NaN|Invalid/);
    },
  );
});

describe("the progress of a job", () => {
  const running: Partial<JobRow> = { status: "running", ...begun };

  test("a known total is shown as a percentage, rounded down and below 100 until the job is done", () => {
    const row = {
      ...running,
      current_step: 1,
      progress: 0.9999,
      step_done: 42_318,
      step_total: 100_000,
    };
    expect(view(row)).toMatchObject({
      ...{ percent: 99, percentText: "99 %", amount: "42,318 of 100,000 rows" },
      ...{ elapsed: "1 min 12 s", stepText: "Step 2 of 2: Writing (42 %)" },
      doing: "Step 2 of 2: Writing (42 %) · 42,318 of 100,000 rows",
    });
    const done = { status: "done" as const, ...begun, finished_at: now, progress: 1 };
    expect(view(done)).toMatchObject({ percent: 100, percentText: "100 %", amount: "" });
  });

  test("a job of a restored backup names the time of the backup until it is resumed", () => {
    const restored = { ...begun, reason: "restored", released_at: now - 60_000 } as const;
    const { iso } = view({ ...restored, status: "paused" }).restoredFrom!;
    expect(iso).toBe(new Date(now - 60_000).toISOString());
    expect(view({ ...restored, status: "queued" }).restoredFrom).toBeNull();
    expect(view({ ...begun, status: "paused", released_at: now }).restoredFrom).toBeNull();
  });

  test("the elapsed time stands still while the job waits or is paused", () => {
    const ran = { ...begun, claimed_at: now - 8_000, running_ms: 4_000 };
    expect(view({ ...ran, status: "running" }).elapsed).toBe("12 s");
    expect(view({ ...ran, status: "paused" }).elapsed).toBe("4 s");
    expect(view({ ...ran, status: "queued", reason: "rescued" }).elapsed).toBe("4 s");
    expect(view({ ...ran, status: "done", finished_at: now }).elapsed).toBe("4.0 s");
    expect(view({ status: "queued" }).elapsed).toBe("");
  });

  test("an unknown total is shown as the items done so far, or as working", () => {
    const row = { ...running, current_step: 1, step_done: 38_112 };
    expect(view(row)).toMatchObject({
      percent: null,
      percentText: "38,112 rows so far",
      amount: "",
    });
    expect(view({ ...row, step_done: 1 }).percentText).toBe("1 row so far");
    expect(view(running).percentText).toBe("Working");
    expect(view({ status: "queued" }).percentText).toBe("");
  });

  test("a step that counts bytes shows file sizes", () => {
    const row = { ...running, current_step: 0, step_done: 8_140_000 };
    expect(view(row).percentText).toBe("8.1 MB so far");
    expect(view({ ...row, step_total: 12_000_000 }).amount).toBe("8.1 of 12 MB");
  });

  test("a queued job shows when it starts and why it waits", () => {
    const inLine = (different: Partial<QueuePosition>) => {
      const { estimate, message } = view({
        status: "queued",
        queuePosition: queuedAt(3, different),
      });
      return [estimate, message];
    };
    expect(inLine({})).toEqual(["", ""]);
    expect(inLine({ runningAtLimit: 1 })).toEqual(["", "Limit of 1 running job reached"]);
    expect(inLine({ runningAtLimit: 5, startsAt: now + 100_000 })).toEqual([
      "Starts in about 2 minutes",
      "Limit of 5 running jobs reached",
    ]);
    expect(inLine({ runningAtLimit: 5, startsAt: now - 1_000 })).toEqual([
      "Starts in a moment",
      "Limit of 5 running jobs reached",
    ]);
  });

  test("a job that lacks a worker says so in place of everything that would be an estimate", () => {
    const text = "No worker is running: jobs wait";
    const full = queuedAt(3, { runningAtLimit: 5, startsAt: now + 100_000 });
    const queued = { status: "queued", queuePosition: full } as const;
    expect(view({ ...queued, lacksWorker: true })).toMatchObject({ message: text, estimate: "" });
    const eta = { eta_earliest: now + 100_000, eta_latest: now + 110_000, message: "Row 7" };
    const stopped = view({ ...running, ...eta, lacksWorker: true });
    expect(stopped).toMatchObject({ message: text, estimate: "" });
    expect(stopped.doing).toContain(text);
    const { message, estimate } = view({ ...running, ...eta, lacksWorker: false });
    expect([message, estimate]).toEqual(["Row 7", "about 2 minutes left"]);
  });

  test("a running job and one that waits for its retry show their time left", () => {
    const retrying = { status: "queued", reason: "retry", ...begun } as const;
    const still = { ...retrying, last_progress_at: now - 60_000 };
    const end = { eta_earliest: now + 100_000, eta_latest: now + 110_000 };
    expect(view({ ...still, ...end }).estimate).toBe("about 2 minutes left");
    const eta = { eta_earliest: now + 100_000, eta_latest: now + 110_000 };
    expect(view({ ...running, ...eta }).estimate).toBe("about 2 minutes left");
    expect(view({ status: "paused", ...begun, ...eta }).estimate).toBe("");
    expect(view({ ...running, last_progress_at: now - 45_000 }).estimate).toBe(
      "No progress for 40 s",
    );
  });
});

describe("steps", () => {
  const step = (position: number, different: Partial<StepRow>): StepRow => ({
    ...{ job_id: "job", position, name: `Step ${position}`, weight: 1, status: "waiting" },
    ...{
      result: null,
      started_at: null,
      finished_at: null,
      running_ms: null,
      total: null,
      ...different,
    },
  });
  const steps = [
    step(0, { status: "done", started_at: now - 9_000, finished_at: now - 8_600 }),
    step(1, { status: "running", started_at: now - 8_600 }),
    step(2, {}),
  ];

  test("a job shows its steps with state and time unless it has only one", () => {
    expect(view({ status: "running", ...begun }, steps).steps).toEqual([
      { name: "Step 0", state: "done", text: "0.4 s" },
      { name: "Step 1", state: "running", text: "8 s" },
      { name: "Step 2", state: "waiting", text: "" },
    ]);
    expect(view({ status: "running", ...begun }, steps.slice(1, 2)).steps).toEqual([]);
  });

  test("no step runs in a job that has ended, is paused or waits for its retry", () => {
    const ended = view({ status: "failed", ...begun, finished_at: now }, steps);
    expect(ended.steps.map(({ state, text }) => [state, text])).toEqual([
      ["done", "0.4 s"],
      ["stopped", ""],
      ["waiting", "not reached"],
    ]);
    const paused = view({ status: "paused", ...begun }, steps);
    expect(paused.steps[1]).toEqual({ name: "Step 1", state: "stopped", text: "paused" });
    const again = view({ status: "queued", reason: "retry", ...begun }, steps);
    expect(again.steps[1]).toEqual({ name: "Step 1", state: "waiting", text: "" });
  });
});

describe("errors and outcomes", () => {
  test("the error and the advice are shown for failed jobs only", () => {
    const error = { error: "The gateway was busy", advice: "Wait a little." };
    const failed = view({ status: "failed", ...begun, finished_at: now, ...error });
    expect(failed).toMatchObject(error);
    expect(view({ status: "queued", reason: "retry", ...error })).toMatchObject({
      ...{ error: "", advice: "" },
      label: expect.stringMatching(/: the gateway was busy$/),
    });
    expect(view({ status: "running", ...begun, ...error }).error).toBe("");
    expect(view({ status: "done", ...begun, finished_at: now, ...error }).error).toBe("");
  });

  test("counts above zero are shown, and the outcome once the job is final", () => {
    const row = { ...begun, succeeded: 99_812, rejected: 188, outcome: "Imported 99,812" };
    const ended = view({ status: "done", finished_at: now, ...row });
    expect(ended.outcome).toBe("Imported 99,812");
    expect(ended.counts).toEqual([
      { name: "succeeded", label: "done", value: "99,812" },
      { name: "rejected", label: "rejected", value: "188" },
    ]);
    expect(view({ status: "running", ...row }).outcome).toBe("");
  });
});

describe("where a failed or cancelled job stopped", () => {
  const ended = { ...begun, finished_at: now, current_step: 1, step_done: 1_204 };

  test.each<[string, Partial<JobRow>]>([
    ["in step 2 of 2: Writing, after 1,204 of 5,000 rows", { step_total: 5_000 }],
    ["in step 2 of 2: Writing, after 1,204 rows", {}],
    ["in step 2 of 2: Writing", { step_done: 0, step_total: 5_000 }],
    ["in step 1 of 2: Reading the file, after 3.2 of 18 MB", { ...bytes(3_210_000, 18_000_000) }],
    ["", { current_step: null, step_done: 0 }],
  ])("a job that failed or was cancelled says where it stopped: “%s”", (words, row) => {
    expect(view({ status: "failed", ...ended, ...row }).stoppedAt).toBe(words);
    expect(
      view({ status: "cancelled", reason: "while_running", ...ended, ...row, succeeded: 1 }),
    ).toMatchObject({
      outcome: `Cancelled${words && ` ${words}`}. Finished work was kept.`,
      stoppedAt: "",
    });
    expect(view({ status: "done", ...ended, ...row }).stoppedAt).toBe("");
    expect(view({ status: "running", ...ended, ...row, finished_at: null }).stoppedAt).toBe("");
  });

  function bytes(done: number, total: number): Partial<JobRow> {
    return { current_step: 0, step_done: done, step_total: total };
  }
});

describe("the buttons of a job", () => {
  const offered = (row: Partial<JobRow>, of: KindSummary | undefined = kind) =>
    jobView(jobRow(row), of, [], now).buttons.map(({ label }) => label);

  test("a sleeping job says when it continues, and cannot be started ahead of time", () => {
    const asleep = {
      status: "queued",
      reason: "sleeping",
      ...begun,
      run_at: now + 90_000,
    } as const;
    expect(view(asleep).wakes).toEqual({
      iso: "2026-11-23T14:06:30.000Z",
      text: "Nov 23, 14:06 UTC",
    });
    expect(offered(asleep)).toEqual(["Pause", "Cancel"]);
    expect(view({ ...asleep, run_at: now }).wakes).toBeNull();
  });

  test("a job offers the buttons of its status", () => {
    expect(offered({ status: "queued" })).toEqual(["Pause", "Cancel"]);
    expect(offered({ status: "running", ...begun })).toEqual(["Pause", "Cancel"]);
    expect(offered({ status: "running", ...begun, pause_requested_at: now })).toEqual(["Cancel"]);
    expect(offered({ status: "running", ...begun, cancel_requested_at: now })).toEqual([]);
    expect(offered({ status: "paused", ...begun })).toEqual(["Resume", "Cancel"]);
    expect(offered({ status: "done", finished_at: now })).toEqual(["Run again"]);
    expect(offered({ status: "failed", finished_at: now })).toEqual(["Retry"]);
    expect(offered({ status: "cancelled", finished_at: now })).toEqual(["Restart"]);
  });

  test("a job offers no Cancel if its kind forbids it and no new run without its kind", () => {
    const firm = { ...kind, cancellable: false };
    expect(offered({ status: "running", ...begun }, firm)).toEqual(["Pause"]);
    expect(jobView(jobRow({ status: "failed" }), undefined, [], now).buttons).toEqual([]);
    const orphan = jobView(jobRow({ status: "queued" }), undefined, [], now).buttons;
    expect(orphan.map(({ label }) => label)).toEqual(["Pause", "Cancel"]);
  });
});

test("a job whose kind was removed is still presented", () => {
  const row = jobRow({
    kind: "gone_by_now",
    status: "running",
    ...begun,
    current_step: 1,
    step_done: 3,
  });
  expect(jobView(row, undefined, [], now)).toMatchObject({
    ...{ title: "gone_by_now", stepText: "", percentText: "3 items so far" },
  });
});
