import { z } from "zod";
import { defineJob, reasonHeader, upload } from "../../server/job.ts";

/**
 * Writes its note into everything that a job can show: progress, log, a rejected row, files and the
 * outcome. It offers a follow-up. Tests look for the note where it must not be.
 */
export default defineJob({
  title: "Keep a note",
  description: "Keeps a note.",
  input: z.object({ upload_id: upload("text/csv"), note: z.string() }),
  steps: { Keeping: 1 },
  unit: "notes",
  inputForRejected: (input) => input,
  rejectedColumn: () => 0,
  followUps: {
    publish: {
      kind: "confidential",
      label: "Publish the note",
      title: "Publication",
      doneText: "Published",
      confirmation: { heading: "Publish the note?", text: "Everybody can read it then." },
      input: ({ input }) => input,
    },
  },
  async run(job, { note }) {
    await job.step("Keeping", async () => {
      job.log(`Read ${note}`);
      await job.batches({
        async *from(kept: number = 0) {
          if (kept > 0) return;
          job.reject(2, `${note} is no word`);
          yield { items: ["word"], cursor: 1 };
        },
        write: async () => ({ succeeded: 1 }),
      });
      job.progress(2, 2, `Keeping ${note}`);
      await job.file({ name: `${note}.txt`, type: "text/plain" }, textOf(note));
      const rejected = `Word,${reasonHeader}\r\n${note},no word\r\n`;
      const file = { name: `${note}-rejected.csv`, type: "text/csv", role: "rejected" } as const;
      await job.file(file, textOf(rejected));
    });
    await job.offer("publish");
    return { message: `Kept ${note}` };
  },
});

async function* textOf(text: string): AsyncGenerator<string> {
  yield text;
}
