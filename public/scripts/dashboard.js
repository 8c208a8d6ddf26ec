/** What the list of jobs needs and no other page does. */
import "./dashboard/news.js";
import "./dashboard/pause.js";
import "./dashboard/choice.js";
import "./dashboard/days.js";
import "./dashboard/shortcuts.js";
import "./dashboard/more.js";

const tools = document.getElementById("live-tools");
if (tools) tools.hidden = false;
