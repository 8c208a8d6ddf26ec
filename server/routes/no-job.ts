import type { Context } from "hono";
import type { Env, Services } from "../services.ts";
import { errorPage } from "./error-page.ts";

/** What a link to a job says that is not there, or not for this person. */
export function noJob(c: Context<Env>, services: Services) {
  return errorPage(c, services, {
    status: 404,
    heading: "There is no such job",
    message: "It may have been deleted, or it belongs to somebody else.",
    links: [
      { href: "/jobs", text: "All jobs" },
      { href: "/jobs/new", text: "New job" },
    ],
  });
}
