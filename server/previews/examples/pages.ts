/** Examples of each page, with and without data, and with errors in forms. */

import { activityPages } from "./pages/activity.ts";
import { contactPages } from "./pages/contact.ts";
import { contactsPages } from "./pages/contacts.ts";
import { dashboardPages } from "./pages/dashboard.ts";
import { errorPages } from "./pages/errors.ts";
import { followUpPages } from "./pages/follow-up.ts";
import { jobFormPages } from "./pages/job-forms.ts";
import { jobPages } from "./pages/job-page.ts";
import { mappingPages } from "./pages/mapping-page.ts";
import { newJobPages } from "./pages/new-job.ts";
import type { PageExamples } from "./pages/page-example.ts";
import { rejectedRowsPages } from "./pages/rejected-rows.ts";
import { reschedulePages } from "./pages/schedule.ts";
import { schedulePages } from "./pages/schedules.ts";
import { securityPages } from "./pages/security-settings.ts";
import { sessionPages } from "./pages/sessions.ts";
import { settingsPages } from "./pages/settings.ts";
import { tokenPages } from "./pages/token-settings.ts";

export const pages: PageExamples = {
  ...dashboardPages,
  ...followUpPages,
  ...rejectedRowsPages,
  ...jobPages,
  ...newJobPages,
  ...jobFormPages,
  ...mappingPages,
  ...reschedulePages,
  ...schedulePages,
  ...contactsPages,
  ...contactPages,
  ...sessionPages,
  ...settingsPages,
  ...securityPages,
  ...tokenPages,
  ...activityPages,
  ...errorPages,
};
