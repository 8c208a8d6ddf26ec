import { z } from "zod";
import { defineJob } from "../../../../server/job.ts";
import { type Answer, withService, yes } from "../service.ts";

/** Asks a service that answers so many requests in a while, and then says when to come back. */
export default defineJob({
  title: "Limited",
  description: "Work that a service allows so much of at a time.",
  input: z.object({
    items: z.number().int(),
    /** Requests in a window, and its length, ms. */
    allowed: z.number().int(),
    window: z.number().int(),
  }),
  steps: { Asking: 1 },
  async run(job, { items, allowed, window }) {
    const reason = `the service allows ${allowed} requests in ${window / 1_000} s`;
    await withService(limit(allowed, window), (url) =>
      job.step("Asking", async () => {
        for (let done = 0; done < items; ) {
          const answer = await fetch(url);
          await answer.text();
          if (answer.ok) job.progress(++done, items);
          else await job.sleep(Number(answer.headers.get("retry-after")) * 1_000, reason);
        }
      }),
    );
    return { message: "Done" };
  },
});

/** https://www.rfc-editor.org/rfc/rfc6585#section-4 */
function limit(allowed: number, window: number): Answer {
  let since = Number.NEGATIVE_INFINITY;
  let answered = 0;
  return async (_, response) => {
    const now = performance.now();
    if (now - since >= window) [since, answered] = [now, 0];
    if (answered++ < allowed) return yes(response, 30);
    const again = (since + window - now) / 1_000 + 0.05;
    response.writeHead(429, { "retry-after": again.toFixed(3) }).end();
  };
}
