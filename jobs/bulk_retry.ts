import { defineJob } from "../server/job.ts";
import { number } from "./lib/amounts.ts";
import { common, goThrough } from "./lib/bulk.ts";

export default defineJob({
  ...common,
  title: "Retry jobs",
  description: "Starts all ended jobs that match again, each once.",
  icon: "refresh",
  async run(job, { choice }) {
    const { text, left } = await goThrough(job, choice, (ids) => job.jobs.retry(ids));
    const rest = `, ${number(left)} had been started again before, or cannot be`;
    return { message: `Started ${text} again${left > 0 ? rest : ""}` };
  },
});
