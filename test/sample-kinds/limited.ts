import { z } from "zod";
import { defineJob } from "../../server/job.ts";
import { type Respond, respondAfter, withService } from "../support/http-service.ts";

/** Calls a rate-limited service, which answers 429 with `Retry-After` beyond the limit. */
export default defineJob({
  title: "Limited",
  description: "Calls a rate-limited service.",
  input: z.object({
    items: z.number().int(),
    /** Requests that the service allows in a window. */
    allowed: z.number().int(),
    /** The length of the window, ms. */
    window: z.number().int(),
  }),
  steps: { Asking: 1 },
  async run(job, { items, allowed, window }) {
    const reason = `the service allows ${allowed} requests in ${window / 1_000} s`;
    await withService(rateLimit(allowed, window), (url) =>
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
function rateLimit(allowed: number, window: number): Respond {
  let windowStart = Number.NEGATIVE_INFINITY;
  let answered = 0;
  return async (_, response) => {
    const now = performance.now();
    if (now - windowStart >= window) [windowStart, answered] = [now, 0];
    if (answered++ < allowed) return respondAfter(response, 30);
    const retryAfter = (windowStart + window - now) / 1_000 + 0.05;
    response.writeHead(429, { "retry-after": retryAfter.toFixed(3) }).end();
  };
}
