/** What kinds that act on many jobs have in common. */
import { z } from "zod";
import type { JobContext } from "../../server/job.ts";
import { amount, number } from "./amounts.ts";

/** A few jobs a batch: between two of them the job may be cancelled, and its bar moves. */
const atOnce = 20;

const input = z.object({
  which: z.string().max(300).default("All jobs").meta({ label: "Jobs" }),
  choice: z.object({
    scope: z.enum(["mine", "account"]).default("mine"),
    statuses: z.array(z.string()).optional(),
    kinds: z.array(z.string()).optional(),
    q: z.string().max(100).optional(),
    from: z.iso.datetime().optional(),
    to: z.iso.datetime().optional(),
    until: z.iso.datetime(),
  }),
});

type Input = z.output<typeof input>;
type Choice = Input["choice"];

const steps = { "Finding the jobs": 1, "Processing jobs": 19 };

/** What the kinds of this sort are, besides what they do. */
export const common = {
  input,
  steps,
  unit: "jobs",
  subject: ({ which }: Input) => which,
  actsOnOthers: true,
  // It has its form on the list of jobs, for what the list shows.
  listed: false,
  startPage: "/jobs",
  // Who cancels a thousand jobs must not wait until five of them have ended.
  priority: -1_000,
} as const;

/**
 * Which they are is settled once, so that nothing that comes later is touched, and a run that goes
 * on after an interruption goes through the same.
 * @returns how many there are
 */
export function findJobs(job: JobContext<keyof typeof steps>, choice: Choice): Promise<number> {
  return job.step("Finding the jobs", async () => {
    const ids = await job.jobs.find(choice);
    await job.scratch.write("ids", [Buffer.from(ids.join("\n"))]);
    return ids.length;
  });
}

export async function foundJobs(job: JobContext): Promise<string[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of job.scratch.read("ids")) chunks.push(chunk);
  return Buffer.concat(chunks).toString().split("\n").filter(Boolean);
}

/**
 * @param act for some of them at a time, again where that was interrupted
 * @returns how many it was done with: "2,310 of 2,314 jobs"
 */
export async function goThrough(
  job: JobContext<keyof typeof steps>,
  choice: Choice,
  act: (ids: readonly string[]) => Promise<number>,
): Promise<{ text: string; left: number }> {
  const total = await findJobs(job, choice);
  await job.step("Processing jobs", () =>
    job.batches({
      total,
      async *from(at: number = 0) {
        const ids = await foundJobs(job);
        for (let next = at; next < ids.length; next += atOnce) {
          const items = ids.slice(next, next + atOnce);
          const done = await act(items);
          yield { items: items.map((_, place) => place < done), cursor: next + items.length };
        }
      },
      write: async (items) => {
        const succeeded = items.filter(Boolean).length;
        return { succeeded, skipped: items.length - succeeded };
      },
    }),
  );
  const { succeeded } = job.counts;
  return { text: `${number(succeeded)} of ${amount(total, "job")}`, left: total - succeeded };
}
