import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Reads lines that another program prints in bursts. */
export default defineJob({
  title: "Bursty",
  description: "Progresses in bursts.",
  input: z.object({
    items: z.number().int(),
    /** The most lines in a burst. */
    size: z.number().int(),
    /** The longest time between two bursts, ms. */
    apart: z.number(),
  }),
  steps: { Receiving: 1 },
  async run(job, { items, size, apart }) {
    await job.step("Receiving", async () => {
      const sender = spawn(process.execPath, [
        "-e",
        program,
        String(items),
        String(size),
        String(apart),
      ]);
      let done = 0;
      for await (const _ of createInterface(sender.stdout)) job.progress(++done, items);
    });
    return { message: "Done" };
  },
});

/** Prints bursts of between half of `size` and `size` lines, after waits of half of `apart` to `apart`. */
const program = `
  const [items, size, apart] = process.argv.slice(1).map(Number);
  const upTo = (max) => max * (0.5 + Math.random() / 2);
  let sent = 0;
  function send() {
    for (let left = upTo(size); left > 0 && sent < items; left--) console.log(++sent);
    if (sent < items) setTimeout(send, upTo(apart));
  }
  send();`;
