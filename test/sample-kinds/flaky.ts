import { z } from "zod";
import { defineJob, Refused, TryAgain } from "../../server/job.ts";

/** Fails a given number of times with a given kind of error, then succeeds. */
export default defineJob({
  title: "Flaky",
  description: "Fails a number of times.",
  input: z.object({
    failures: z.number(),
    how: z.enum(["try-again", "refused", "not-retried", "retried"]).default("try-again"),
  }),
  steps: { First: 1, Second: 1 },
  retryAfter: ["100ms", "200ms", "400ms"],
  retryOn: (error) => !(error instanceof Error && error.message === "not-retried"),
  async run(job, { failures, how }) {
    // The first run stores this value; the later ones read it.
    const first = await job.step("First", async () => Math.random());
    await job.step("Second", async () => {
      const row = await job.db
        .selectFrom("jobs")
        .select("retries")
        .where("id", "=", job.id)
        .executeTakeFirstOrThrow();
      if (row.retries >= failures) return;
      if (how === "refused") throw new Refused("The key was refused", "Ask for a new key.");
      if (how === "try-again") throw new TryAgain("The gateway was busy");
      throw new Error(how);
    });
    return { message: `Done with ${first === job.stepResult("First")}` };
  },
});
