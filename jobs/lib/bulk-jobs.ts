/** Shared by the kinds that operate on many jobs: their input, steps and the loop over job ids. */
import { z } from "zod";
import type { JobContext, Kind } from "../../server/job.ts";
import { formatCount, formatNumber } from "./numbers.ts";

/** Jobs in a batch. Small, so that the bar moves often and a cancel takes effect soon. */
const batchSize = 20;

/** A shorter wait would keep the slot, and count as running time. */
const minWaitMs = 10_000;

/** Each is a parameter of a query. */
const maxNames = 100;
const maxNameLength = 200;
const tooMany = `Choose at most ${maxNames}`;

const input = z.object({
  summary: z.string().max(300).default("All jobs").meta({ label: "Jobs" }),
  selection: z
    .strictObject({
      scope: z.enum(["mine", "account"]).default("mine"),
      statuses: z.array(z.string().max(maxNameLength)).max(maxNames, tooMany).optional(),
      kinds: z.array(z.string().max(maxNameLength)).max(maxNames, tooMany).optional(),
      q: z.string().max(100).optional(),
      from: z.iso.datetime().optional(),
      to: z.iso.datetime().optional(),
      until: z.iso.datetime(),
    })
    .meta({ hidden: true }),
});

type Input = z.output<typeof input>;
type Selection = Input["selection"];

const steps = { "Finding jobs": 1, "Processing jobs": 19 };

/** The settings of every bulk kind; each adds its title, description and `run`. */
export const bulkJob = {
  input,
  steps,
  unit: "jobs",
  subject: ({ summary }: Input) => summary,
  operatesOnJobs: true,
  // The list of jobs is its form: it operates on the jobs that the list shows.
  listed: false,
  startPage: "/jobs",
  // A bulk cancel must not wait behind the jobs that it is to cancel.
  priority: -1_000,
} as const satisfies Partial<Kind<typeof input, typeof steps>>;

/**
 * Finds the jobs once and stores their ids: jobs that are created later stay untouched, and a run that
 * continues after an interruption processes the same jobs.
 * @returns the number of jobs
 */
export function findJobs(
  job: JobContext<keyof typeof steps>,
  selection: Selection,
): Promise<number> {
  return job.step("Finding jobs", async () => {
    const ids = await job.jobs.find(selection);
    await job.scratch.write("ids", [Buffer.from(ids.join("\n"))]);
    return ids.length;
  });
}

export async function readJobIds(job: JobContext): Promise<string[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of job.scratch.read("ids")) chunks.push(chunk);
  return Buffer.concat(chunks).toString().split("\n").filter(Boolean);
}

/** The result of an action on some ids. */
export interface Processed {
  /** Number of jobs that were changed. */
  changed: number;
  /** Number of ids that were dealt with, from the first on. Default: all. */
  processed?: number;
  /** A wait before the next ids. */
  wait?: { ms: number; reason: string } | undefined;
}

/**
 * Calls `act` for one batch of job ids after the other.
 * @param act must be safe to repeat, because an interrupted batch runs again
 * @returns `text` such as "2,310 of 2,314 jobs", and how many jobs `act` left unchanged
 */
export async function processJobs(
  job: JobContext<keyof typeof steps>,
  selection: Selection,
  act: (ids: readonly string[]) => Promise<Processed>,
): Promise<{ text: string; skipped: number }> {
  const total = await findJobs(job, selection);
  await job.step("Processing jobs", () =>
    job.batches({
      total,
      async *from(at: number = 0) {
        const ids = await readJobIds(job);
        for (let next = at; next < ids.length; ) {
          const items = ids.slice(next, next + batchSize);
          const { changed, processed = items.length, wait } = await act(items);
          next += processed;
          // Without a new checkpoint, a second sleep would keep the slot.
          yield {
            items: items.slice(0, processed).map((_, place) => place < changed),
            cursor: next,
          };
          if (wait) await job.sleep(Math.max(wait.ms, minWaitMs), wait.reason);
        }
      },
      write: async (items) => {
        const succeeded = items.filter(Boolean).length;
        return { succeeded, skipped: items.length - succeeded };
      },
    }),
  );
  const { succeeded } = job.counts;
  return {
    text: `${formatNumber(succeeded)} of ${formatCount(total, "job")}`,
    skipped: total - succeeded,
  };
}
