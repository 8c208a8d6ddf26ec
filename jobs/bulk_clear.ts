import { defineJob } from "../server/job.ts";
import { number } from "./lib/amounts.ts";
import { common, goThrough } from "./lib/bulk.ts";

export default defineJob({
  ...common,
  title: "Clear jobs",
  description: "Hide all matching finished jobs from the list.",
  icon: "sparkles",
  async run(job, { choice }) {
    const { text, left } = await goThrough(job, choice, (ids) => job.jobs.clear(ids));
    const rest = `, ${number(left)} skipped: still active`;
    return { message: `Cleared ${text} from the list${left > 0 ? rest : ""}` };
  },
});
