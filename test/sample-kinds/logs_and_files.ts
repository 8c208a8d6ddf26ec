import { z } from "zod";
import { defineJob } from "../../server/job.ts";

const drawing =
  '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"><rect width="120" height="60" fill="teal"/></svg>';

/** Logs lines of every level for a while and writes files of several types. */
export default defineJob({
  title: "Logs and files",
  description: "Writes log lines, and files to preview.",
  input: z.object({ rounds: z.coerce.number().int().default(3) }),
  steps: { Writing: 1 },
  async run(job, { rounds }) {
    await job.step("Writing", async () => {
      for (let round = 1; round <= rounds; round++) {
        job.log(`Round ${round}`);
        job.log(`Round ${round}: warned`, "warn");
        job.log(`Round ${round}: failed`, "error");
        await job.sleep(250);
      }
      await job.file({ name: "apples.csv", type: "text/csv" }, text("Name,Weight\nBoskoop,180\n"));
      await job.file({ name: "notes.txt", type: "text/plain" }, text("first\n  second\n"));
      await job.file({ name: "tree.svg", type: "image/svg+xml" }, text(drawing));
    });
    return { message: `Logged ${rounds} rounds` };
  },
});

async function* text(content: string): AsyncGenerator<string> {
  yield content;
}
