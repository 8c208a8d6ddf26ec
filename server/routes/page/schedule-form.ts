/** The page that shows the times of a new or an edited schedule before they are saved. */

import { describeCron } from "../../engine/schedules/describe-cron.ts";
import { InvalidRepetition } from "../../engine/schedules/invalid-repetition.ts";
import { parseRepetition } from "../../engine/schedules/parse-repetition.ts";
import { checkTimes } from "../../engine/schedules/schedule-request.ts";
import type { HiddenField } from "../../presenters/form.ts";
import { type ScheduleFormPage, timesView, zoneOptions } from "../../presenters/schedules.ts";
import type { Services } from "../../services.ts";
import type { RouteContext } from "./layout.ts";
import { layoutWithTray } from "./tray.ts";

const zones = Intl.supportedValuesOf("timeZone");

export interface ScheduleDraft
  extends Pick<
    ScheduleFormPage,
    "heading" | "title" | "subject" | "backHref" | "backText" | "action" | "checkAction"
  > {
  repeats: string;
  timeZone: string;
  hidden: HiddenField[];
  submitLabel: string;
}

/** Answers 422 for a repetition that is not understood. */
export async function scheduleFormPage(
  c: RouteContext,
  services: Services,
  draft: ScheduleDraft,
): Promise<Response> {
  const { repeats, timeZone, ...rest } = draft;
  const now = services.backend.now();
  const checked = readTimes(repeats, timeZone, now);
  if (checked.error) c.status(422);
  const layout = await layoutWithTray(c, services, { title: draft.heading, section: "jobs" });
  const page: ScheduleFormPage = {
    ...{ layout, ...rest, repeats, zones: zoneOptions(zones, timeZone) },
    ...checked,
  };
  return c.html(services.render.page("schedules/form", page));
}

function readTimes(
  repeats: string,
  timeZone: string,
  now: number,
): Pick<ScheduleFormPage, "meaning" | "error" | "times"> {
  try {
    const { cron } = checkTimes({ repeats, timeZone }, now);
    const times = timesView({ cron, timeZone }, now);
    return { meaning: describeCron(parseRepetition(repeats)), error: "", times };
  } catch (error) {
    if (!(error instanceof InvalidRepetition)) throw error;
    return { meaning: "", error: error.message, times: null };
  }
}
