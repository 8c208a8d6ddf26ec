import type { ScheduleView } from "../../../presenters/schedule.ts";
import { jobs } from "../jobs.ts";
import { layout, time } from "../layout.ts";
import { options } from "./fields.ts";
import type { PageExamples } from "./page-example.ts";

export const schedule: ScheduleView = {
  open: false,
  choices: options("Now", "Now", "Tonight at 02:00", "Tomorrow at 09:00", "At a specific time"),
  at: "",
  zone: "",
  zoneText: "UTC",
  fixed: false,
  error: "",
  repeats: "",
};

/** The page that moves a job to another time. */
export const reschedulePages: PageExamples = {
  reschedule: {
    template: "jobs/reschedule",
    data: {
      layout: { ...layout, title: "Move to another time" },
      title: "Import contacts, autumn-fair.csv",
      jobHref: jobs.scheduled.href,
      action: `${jobs.scheduled.href}/reschedule`,
      starts: time("02:00"),
      schedule,
    },
  },
};
