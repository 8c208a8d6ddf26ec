/** Shows the end of the log in a row that is opened, and follows it while the job runs. */
import { dispatch } from "../live/events.js";

const maxLines = 20;
/** @type {Set<string>} */
const openedJobs = new Set();

// The event does not bubble. It comes again when a frame replaces an open row.
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target instanceof HTMLDetailsElement && target.matches(".job-details[open]"))
      showLog(target);
  },
  true,
);

/** @param {HTMLDetailsElement} details */
async function showLog(details) {
  const id = details.id.slice("details-".length);
  if (openedJobs.has(id)) return;
  openedJobs.add(id);
  try {
    const response = await fetch(`/jobs/${id}/tail`, { headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error(`${response.status}`);
    const tail = document.getElementById(`tail-${id}`);
    if (!tail) return;
    tail.innerHTML = await response.text();
    htmx.trigger(tail, "htmx:load");
    if (!tail.closest(".job-row[data-final]")) dispatch("live:subscribe", `job:${id}`);
  } catch {
    // The row still links to its log, and opening it again tries again.
    openedJobs.delete(id);
  }
}

document.addEventListener("live:appended", ({ detail: list }) => {
  while (list.childElementCount > maxLines) list.firstElementChild?.remove();
});
