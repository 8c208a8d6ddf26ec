/** Runs on every page, behind htmx. */
import "./local-times.js";
import "./menus.js";
import "./forms/submit-once.js";
import "./forms/schedule-fields.js";
import "./live/swap.js";
import "./live/log.js";
import "./live/output.js";
import "./live/job-title.js";
import "./live/viewer-parts.js";
import "./live/finished-jobs.js";
import "./live/finish-sound.js";
import "./live/client.js";
