import { expect, test } from "vitest";
import type { JobReader } from "../../server/engine/job-reader.ts";
import type { JobSummaryRow } from "../../server/engine/job-summary.ts";
import type { Frames } from "../../server/live/frames.ts";
import { createPolledJobs } from "../../server/live/polled-parts.ts";
import { jobRow } from "../support/job-row.ts";

/** Reads whose end the test decides. */
function setUp() {
  const reads: (PromiseWithResolvers<JobSummaryRow[]> & { ids: readonly string[] })[] = [];
  const reader = {
    summaries(ids: readonly string[]) {
      const read = { ...Promise.withResolvers<JobSummaryRow[]>(), ids };
      reads.push(read);
      return read.promise;
    },
  };
  const clock = { now: 1_000 };
  const jobs = createPolledJobs({
    reader: reader as unknown as JobReader,
    frames: {} as Frames,
    now: () => clock.now,
  });
  return { jobs, reads, clock };
}

const summary = (id: string) => jobRow({ id }) as unknown as JobSummaryRow;

test("polls within a second share one read of a job", async () => {
  const { jobs, reads, clock } = setUp();
  const first = jobs.rows(["a", "b"]);
  const second = jobs.rows(["b", "c"]);
  expect(reads.map(({ ids }) => ids)).toEqual([["a", "b"], ["c"]]);
  reads[0]!.resolve([summary("a"), summary("b")]);
  reads[1]!.resolve([]);
  expect((await first).map(({ id }) => id)).toEqual(["a", "b"]);
  expect((await second).map(({ id }) => id)).toEqual(["b"]);
  clock.now += 999;
  await jobs.rows(["a", "b", "c"]);
  expect(reads).toHaveLength(2);
  clock.now += 1;
  void jobs.rows(["a"]);
  expect(reads).toHaveLength(3);
});

test("a failed read fails the polls that waited for it and no later one", async () => {
  const { jobs, reads } = setUp();
  const [one, other] = [jobs.rows(["a"]), jobs.rows(["a"])];
  reads[0]!.reject(new Error("away"));
  await expect(one).rejects.toThrow("away");
  await expect(other).rejects.toThrow("away");
  const later = jobs.rows(["a"]);
  expect(reads).toHaveLength(2);
  reads[1]!.resolve([summary("a")]);
  expect((await later).map(({ id }) => id)).toEqual(["a"]);
});
