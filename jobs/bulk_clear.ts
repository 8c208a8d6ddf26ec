import { defineJob } from "../server/job.ts";
import { number } from "./lib/amounts.ts";
import { common, goThrough } from "./lib/bulk.ts";

export default defineJob({
  ...common,
  title: "Clear jobs from the list",
  description: "Takes all ended jobs that match off the list.",
  icon: "sparkles",
  async run(job, { choice }) {
    const { text, left } = await goThrough(job, choice, (ids) => job.jobs.clear(ids));
    const rest = `, ${number(left)} ${left === 1 ? "has" : "have"} not ended`;
    return { message: `Cleared ${text} from the list${left > 0 ? rest : ""}` };
  },
});
