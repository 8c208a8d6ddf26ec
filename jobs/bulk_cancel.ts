import { defineJob } from "../server/job.ts";
import { number } from "./lib/amounts.ts";
import { common, goThrough } from "./lib/bulk.ts";

export default defineJob({
  ...common,
  title: "Cancel jobs",
  description: "Cancel all matching jobs.",
  icon: "x-circle",
  async run(job, { choice }) {
    const { text, left } = await goThrough(job, choice, (ids) => job.jobs.cancel(ids));
    return {
      message: `Cancelled ${text}${left > 0 ? `, ${number(left)} skipped: already finished, or can't be cancelled` : ""}`,
    };
  },
});
