import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";
import { defineJob } from "../../../../server/job.ts";

/** Takes what another program prints, which comes in heaps, at its own times. */
export default defineJob({
  title: "Bursty",
  description: "Work that comes in bursts.",
  input: z.object({
    items: z.number().int(),
    /** Of a burst, at most. */
    size: z.number().int(),
    /** Between two bursts, at most; ms. */
    apart: z.number(),
  }),
  steps: { Receiving: 1 },
  async run(job, { items, size, apart }) {
    await job.step("Receiving", async () => {
      const sender = spawn(process.execPath, [
        "-e",
        sending,
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

/** Heaps of half to the whole size, after half to the whole time. */
const sending = `
  const [items, size, apart] = process.argv.slice(1).map(Number);
  const some = (most) => most * (0.5 + Math.random() / 2);
  let sent = 0;
  function send() {
    for (let more = some(size); more > 0 && sent < items; more--) console.log(++sent);
    if (sent < items) setTimeout(send, some(apart));
  }
  send();`;
