import type { Context } from "hono";
import { type Action, can } from "../../accounts/authorize.ts";
import type { ScheduleRow } from "../../backend/schema.ts";
import { isJobId } from "../../engine/job-id.ts";
import type { Env, Services } from "../../services.ts";
import { HttpError } from "../http-error.ts";

/**
 * For pages and the API: the schedule of the `:id` in the path. Its owner and the owners of the account
 * have the rights that they have with its jobs.
 * @throws HttpError 404 for an unknown schedule and for another person's
 */
export async function loadSchedule(
  c: Context<Env>,
  { schedules }: Pick<Services, "schedules">,
  action: Action,
): Promise<ScheduleRow> {
  const id = c.req.param("id") ?? "";
  const schedule = isJobId(id) ? await schedules.get(id) : undefined;
  if (schedule && can(c.var.person, action, schedule)) return schedule;
  throw new HttpError({
    status: 404,
    title: "Schedule not found",
    detail: "This schedule was deleted, or it belongs to somebody else.",
    links: [{ href: "/schedules", text: "All schedules" }],
  });
}
