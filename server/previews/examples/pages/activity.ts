import type { Pages } from "../../../templates.ts";
import { time } from "../layout.ts";
import type { PageExamples } from "./page-example.ts";
import { settingsLayout } from "./settings.ts";

const activity: Pages["settings/activity"] = {
  layout: settingsLayout,
  lead: "Sign-ins, changes of credentials and downloads of everybody in your account.",
  events: [
    {
      id: "e2",
      text: "Failed sign-in: wrong password",
      isFailure: true,
      by: "Grace Hopper",
      device: "Firefox on Linux",
      address: "203.0.113.7",
      at: time(),
    },
    {
      id: "e1",
      text: "Created the API token “Shop”",
      isFailure: false,
      by: "",
      device: "An unknown browser",
      address: "",
      at: time("14:01"),
    },
  ],
  olderHref: "/settings/activity?before=e1",
  newestHref: "/settings/activity",
};

/** The security log. */
export const activityPages: PageExamples = {
  activity: { template: "settings/activity", data: activity },
  "activity-none": {
    template: "settings/activity",
    data: { ...activity, events: [], olderHref: null, newestHref: null },
  },
};
