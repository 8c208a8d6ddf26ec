/**
 * GET /schedules, GET /schedules/:id, and the actions on one: POST /schedules/:id/pause, /resume, /run
 * and /delete.
 */
import { Hono } from "hono";
import {
  deleteSchedule,
  pauseSchedule,
  resumeSchedule,
} from "../engine/schedules/change-schedule.ts";
import { runScheduleNow } from "../engine/schedules/run-schedule-now.ts";
import { RunActive } from "../engine/schedules/take-time.ts";
import type { Env, Services } from "../services.ts";
import { loadSchedule } from "./middleware/load-schedule.ts";
import { setFlash } from "./page/flash.ts";
import { schedulePage, schedulesPage } from "./page/schedule-pages.ts";

export function scheduleRoutes(services: Services): Hono<Env> {
  const { backend, catalog, config } = services;
  const routes = new Hono<Env>();

  routes.get("/schedules", async (c) => c.html(await schedulesPage(c, services)));

  routes.get("/schedules/:id", async (c) => {
    const schedule = await loadSchedule(c, services, "see");
    return c.html(await schedulePage(c, services, schedule));
  });

  routes.post("/schedules/:id/pause", async (c) => {
    const { id } = await loadSchedule(c, services, "act");
    await pauseSchedule(backend, id, c.var.person.userId);
    return c.redirect(`/schedules/${id}`, 303);
  });

  routes.post("/schedules/:id/resume", async (c) => {
    const { id } = await loadSchedule(c, services, "act");
    await resumeSchedule(backend, id, c.var.person.userId);
    return c.redirect(`/schedules/${id}`, 303);
  });

  routes.post("/schedules/:id/run", async (c) => {
    const schedule = await loadSchedule(c, services, "act");
    const parts = { backend, catalog, limits: config.limits };
    try {
      const { id } = await runScheduleNow(parts, schedule, c.var.person.userId, "page");
      const link = { href: `/jobs/${id}`, text: "View job" };
      setFlash(c, { tone: "good", text: "Started a run.", link }, config);
    } catch (error) {
      if (!(error instanceof RunActive)) throw error;
      const link = { href: `/jobs/${error.job.id}`, text: "View job" };
      setFlash(c, { tone: "bad", text: "The last run is unfinished.", link }, config);
    }
    return c.redirect(`/schedules/${schedule.id}`, 303);
  });

  routes.post("/schedules/:id/delete", async (c) => {
    const { id } = await loadSchedule(c, services, "act");
    await deleteSchedule(backend, id);
    setFlash(c, { tone: "good", text: "Schedule deleted. Its jobs stay." }, config);
    return c.redirect("/schedules", 303);
  });

  return routes;
}
