import type { Context } from "hono";
import { removedText } from "../../engine/removed.ts";
import type { Env, Services } from "../../services.ts";
import { formatCount } from "../../text/counts.ts";
import { errorPage } from "../page/error-page.ts";
import { removedJobOf } from "./job-of.ts";

const links = [
  { href: "/jobs", text: "All jobs" },
  { href: "/jobs/new", text: "New job" },
];

/** What a link to a job says that is not there (any more), or not for this person. */
export async function noJob(c: Context<Env>, services: Services): Promise<Response> {
  const removed = await removedJobOf(c, services);
  if (removed) {
    const title = services.catalog.get(removed.kind)?.title ?? removed.kind;
    const days = services.config.retentionDays;
    return errorPage(c, services, {
      status: 410,
      heading: "This job is no longer kept",
      message: `${title}. ${removedText(removed)} Jobs are kept for ${formatCount(days, "days")} after their end.`,
      links,
    });
  }
  return errorPage(c, services, {
    status: 404,
    heading: "There is no such job",
    message: "It may have been deleted, or it belongs to somebody else.",
    links,
  });
}
