/**
 * Loads the parts of a job's page that depend on the viewer, such as buttons with their token, when
 * the job's status changes. Frames go to all viewers alike and cannot carry them.
 */
import { dispatch } from "./events.js";

const retryAfter = 5000;
/** @type {number | undefined} */
let timer;
let lastRequest = 0;

document.addEventListener("live:swapped", ({ detail: { part, before } }) => {
  // The class of the panel is the job's status.
  if (!part.id.startsWith("panel-") || part.className === before.className) return;
  load(part.id.slice("panel-".length));
});

/** @param {string} jobId */
async function load(jobId) {
  clearTimeout(timer);
  const request = ++lastRequest;
  try {
    const response = await fetch(`/jobs/${jobId}/viewer`, { headers: { Accept: "text/html" } });
    const html = await response.text();
    if (response.status >= 500) throw new Error(`${response.status}`);
    // A person who was signed out meanwhile is redirected to the sign-in page.
    if (request !== lastRequest || !response.ok || response.redirected) return;
    dispatch("live:frames", html);
  } catch {
    timer = setTimeout(load, retryAfter, jobId);
  }
}
