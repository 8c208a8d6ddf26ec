/** Runs on the list of jobs, behind app.js. */
import "./dashboard/list-updates.js";
import "./dashboard/pause-updates.js";
import "./dashboard/selection.js";
import "./dashboard/date-range.js";
import "./dashboard/shortcuts.js";
import "./dashboard/row-details.js";
import { findById } from "./elements.js";

const tools = findById("live-controls", HTMLElement);
if (tools) tools.hidden = false;
