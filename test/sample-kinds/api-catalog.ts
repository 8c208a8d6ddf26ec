/** A catalog of the kinds that the tests of pages and the API start and run. */
import { z } from "zod";
import bulkCancel from "../../jobs/bulk_cancel.ts";
import type { Catalog } from "../../server/catalog.ts";
import { defineJob, type Kind, upload } from "../../server/job.ts";

const stepNames = Array.from({ length: 30 }, (_, index) => `Step ${index + 1}`);

/** Runs many short steps: each records two events. */
const stepping = defineJob({
  title: "Steps",
  description: "Runs many short steps.",
  input: z.object({
    pause: z.int().min(0).max(1_000).default(0).meta({ label: "Milliseconds between steps" }),
  }),
  steps: Object.fromEntries(stepNames.map((name) => [name, 1])),
  unit: "steps",
  async run(job, { pause }) {
    for (const name of stepNames) await job.step(name, () => job.sleep(pause));
    return { message: "Ran all steps" };
  },
});

/** Succeeds with two items and rejects one; logs at every level and writes a file. */
const counting = defineJob({
  title: "Count",
  description: "Counts to three.",
  input: z.object({}),
  steps: { Looking: 1, Counting: 3 },
  unit: "sheep",
  expectedSeconds: 40,
  async run(job) {
    await job.step("Looking", async () => job.log("Looking around"));
    await job.step("Counting", () =>
      job.batches({
        total: 3,
        async *from(counted: number = 0) {
          if (counted > 0) return;
          job.reject(3, "not a sheep");
          yield { items: ["Dolly", "Molly", "wolf"], cursor: 3 };
        },
        async write() {
          job.log("One of them is a wolf", "warn");
          return { succeeded: 2 };
        },
      }),
    );
    job.log("Nothing left to count", "error");
    const lines = (async function* () {
      yield "Dolly\nMolly\n";
    })();
    await job.file({ name: "sheep.txt", type: "text/plain" }, lines);
    return { message: "Counted 2 of 3" };
  },
});

/** Fails at its first step. */
const failing = defineJob({
  title: "Fail",
  description: "Fails at once.",
  input: z.object({}),
  steps: { Failing: 1 },
  async run(job) {
    await job.step("Failing", async () => {
      throw new Error("The gate is shut");
    });
    return { message: "Did not fail" };
  },
});

/** Takes a required and an optional secret. */
const secretive = defineJob({
  title: "Keep a secret",
  description: "Takes a password.",
  input: z.object({
    user: z.string().min(2, "At least two letters"),
    password: z.string().meta({ secret: true }),
    hint: z.string().meta({ secret: true }).optional(),
  }),
  steps: { Keeping: 1 },
  run: async () => ({ message: "Kept" }),
});

/** Takes an uploaded CSV file. */
const reading = defineJob({
  title: "Read a file",
  description: "Reads what was uploaded.",
  input: z.object({ upload_id: upload("text/csv") }),
  steps: { Reading: 1 },
  run: async () => ({ message: "Read" }),
});

/** Rejects the rows of an uploaded file that hold digits; a retry takes the rejected rows. */
const picky = defineJob({
  title: "Pick words",
  description: "Takes words.",
  input: z.object({ upload_id: upload("text/plain"), note: z.string().default("") }),
  steps: { Picking: 1 },
  inputForRejected: (input, value) => ({ ...input, note: String(value("Picking")) }),
  async run(job, { upload_id }) {
    await job.step("Picking", async () => {
      const { read } = await job.open(upload_id);
      let text = "";
      for await (const piece of read()) text += Buffer.from(piece).toString();
      const wrong = text.split("\n").filter((row) => /\d/.test(row));
      await job.batches({
        async *from(at: number = 0) {
          if (at === 0) yield { items: wrong, cursor: 1 };
        },
        write: async (items) => ({ rejected: items.length }),
      });
      const content = (async function* () {
        yield wrong.join("\n");
      })();
      await job.file({ name: "wrong.txt", type: "text/plain", role: "rejected" }, content);
      return "second try";
    });
    return { message: "Picked" };
  },
});

/** Cannot be cancelled. */
const unstoppable: Kind = { ...failing, title: "Go on", cancellable: false } as unknown as Kind;

export const catalog: Catalog = new Map<string, Kind>(
  Object.entries({
    ...{ stepping, counting, failing, secretive, reading, picky, unstoppable },
    bulk_cancel: bulkCancel,
  }).map(([name, kind]) => [name, kind as unknown as Kind]),
);
