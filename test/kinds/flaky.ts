import { z } from "zod";
import { defineJob, Refused, TryAgain } from "../../server/job.ts";

/** Fails as often as it is told, in the way it is told. */
export default defineJob({
  title: "Flaky",
  description: "Fails a number of times.",
  input: z.object({
    failures: z.number(),
    how: z.enum(["again", "refused", "plain", "chosen"]).default("again"),
  }),
  steps: { First: 1, Second: 1 },
  retryAfter: ["100ms", "200ms", "400ms"],
  retryOn: (error) => !(error instanceof Error && error.message === "plain"),
  async run(job, { failures, how }) {
    // Reached once: the second run finds it done.
    const first = await job.step("First", async () => Math.random());
    await job.step("Second", async () => {
      const row = await job.db
        .selectFrom("jobs")
        .select("retries")
        .where("id", "=", job.id)
        .executeTakeFirstOrThrow();
      if (row.retries >= failures) return;
      if (how === "refused") throw new Refused("The key was refused", "Ask for a new key.");
      if (how === "again") throw new TryAgain("The gateway was busy");
      throw new Error(how);
    });
    return { message: `Done with ${first === job.value("First")}` };
  },
});
