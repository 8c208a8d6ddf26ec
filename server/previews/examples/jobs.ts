/** Examples of jobs in every state. */
import { activeJobs } from "./jobs/active-jobs.ts";
import { endedJobs } from "./jobs/ended-jobs.ts";
import { unusualJobs } from "./jobs/unusual-jobs.ts";

/** A job in each display status, then unusual ones. */
export const jobs = { ...activeJobs, ...endedJobs, ...unusualJobs };
