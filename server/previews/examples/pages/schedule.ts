import type { ScheduleView } from "../../../presenters/schedule.ts";
import { options } from "./fields.ts";

export const schedule: ScheduleView = {
  open: false,
  choices: options("Now", "Now", "Tonight at 02:00", "Tomorrow at 09:00", "At a specific time"),
  at: "",
  zone: "",
  zoneText: "UTC",
  fixed: false,
  error: "",
};
