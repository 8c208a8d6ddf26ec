/** GET and POST /jobs/:id/reschedule: moves a job that has not started to another time. */
import { Hono } from "hono";
import { reschedule } from "../engine/start/reschedule.ts";
import { parseSchedule, readScheduleInput, type ScheduleInput } from "../forms/schedule.ts";
import { jobTitle } from "../presenters/job-title.ts";
import { scheduleView } from "../presenters/schedule.ts";
import type { Env, Services } from "../services.ts";
import { formatDateTime } from "../text/dates.ts";
import { loadJob } from "./middleware/load-job.ts";
import type { RouteContext } from "./page/layout.ts";
import { redirectToJob } from "./page/redirect-to-job.ts";
import { layoutWithTray } from "./page/tray.ts";

const noInput: ScheduleInput = { when: "at", when_at: "", when_zone: "", repeats: "" };

export function rescheduleRoutes(services: Services): Hono<Env> {
  const { backend, catalog, render } = services;
  const routes = new Hono<Env>();

  routes.get("/jobs/:id/reschedule", loadJob(services, "act"), (c) => show(c, noInput));

  routes.post("/jobs/:id/reschedule", loadJob(services, "act"), async (c) => {
    const { job, person } = c.var;
    const now = backend.now();
    const input = readScheduleInput(await c.req.parseBody());
    const { runAt = now, error } = parseSchedule(input, person.preferences.timeZone, now);
    if (error) {
      c.status(422);
      return show(c, input, error);
    }
    await reschedule(services, job.id, runAt, person.userId);
    return redirectToJob(c, job);
  });

  async function show(c: RouteContext, input: ScheduleInput, error = ""): Promise<Response> {
    const { job, person } = c.var;
    const layout = await layoutWithTray(c, services, {
      ...{ title: "Move to another time", section: "jobs", except: job.id },
    });
    return c.html(
      render.page("jobs/reschedule", {
        layout,
        title: jobTitle(job, catalog.get(job.kind)),
        jobHref: `/jobs/${job.id}`,
        action: `/jobs/${job.id}/reschedule`,
        starts: formatDateTime(job.run_at),
        schedule: scheduleView(input, person.preferences.timeZone, error),
      }),
    );
  }

  return routes;
}
