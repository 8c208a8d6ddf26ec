import { defineJob } from "../server/job.ts";
import { number } from "./lib/amounts.ts";
import { common, goThrough } from "./lib/bulk.ts";

export default defineJob({
  ...common,
  title: "Retry jobs",
  description: "Retry all matching finished jobs, each once.",
  icon: "refresh",
  async run(job, { choice }) {
    const { text, left } = await goThrough(job, choice, (ids) => job.jobs.retry(ids));
    const rest = `, ${number(left)} skipped: already retried, or can't be`;
    return { message: `Retried ${text}${left > 0 ? rest : ""}` };
  },
});
