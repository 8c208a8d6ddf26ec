import { expect, test } from "vitest";
import { createLocalJobs } from "../../../server/engine/worker/local-jobs.ts";
import { jobRow, runningJob } from "../../support/job-row.ts";

const hour = 3_600_000;
const claimedAt = 1_800_000_000_000;
const claimed = (runningMs = 0) =>
  jobRow(
    runningJob({
      ...{ claimed_at: claimedAt, running_ms: runningMs, timeout_ms: hour },
      deadline_at: claimedAt + hour - runningMs,
    }),
  );

function setUp() {
  const stopped: [string, string][] = [];
  const local = createLocalJobs({
    stop: (id, reason) => void stopped.push([id, reason]),
    kill: () => {},
    requestRoom: () => {},
  });
  return { local, stopped };
}

test("a job stops at its deadline by its running time, whatever the clock of the database says", () => {
  const { local, stopped } = setUp();
  const fresh = claimed();
  const used = claimed(hour);
  local.add(fresh);
  local.add(used);
  local.reconcile([fresh, used]);
  while (stopped.length === 0) local.enforceDeadlines();
  // An earlier run has used up the time of this one.
  expect(stopped).toEqual([[used.id, "deadline"]]);
});

test("the deadline of a run moves by the time that it sleeps, and that of a cleanup does not", () => {
  const { local, stopped } = setUp();
  const [asleep, awake, cleanup] = [claimed(hour), claimed(hour), claimed()];
  const job = local.add(asleep);
  local.add(awake);
  local.add(cleanup, 0);
  for (const { id } of [asleep, cleanup]) local.postponeDeadline(id, hour);
  local.reconcile([asleep, awake]);
  while (stopped.length < 2) local.enforceDeadlines();
  expect(stopped).toEqual([
    [awake.id, "deadline"],
    [cleanup.id, "deadline"],
  ]);
  expect(job.idleMs).toBe(hour);
});

test("a job whose time of claim does not fit the clock any more is found, and no other", () => {
  const { local } = setUp();
  const row = claimed();
  local.add(row);
  const offset = claimedAt - performance.now();
  expect(local.findMisdated([row], offset)).toEqual([]);
  for (const jump of [3 * hour, -3 * hour]) {
    const [found] = local.findMisdated([row], offset + jump);
    expect(found).toMatchObject({ id: row.id, fence: row.fence });
    expect(Math.abs(found!.claimedAt - claimedAt - jump)).toBeLessThan(1_000);
    const redated = { ...row, claimed_at: found!.claimedAt };
    expect(local.findMisdated([redated], offset + jump)).toEqual([]);
  }
  expect(local.findMisdated([{ ...row, fence: 2 }], offset + hour)).toEqual([]);
  local.remove(row.id);
  local.add(row, 1_000);
  expect(local.findMisdated([row], offset + hour)).toEqual([]);
});
