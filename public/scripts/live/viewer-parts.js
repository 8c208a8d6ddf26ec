/**
 * Loads the parts of a job's page that depend on the viewer, such as buttons with their token, when
 * the job's status, or the jobs that it offers to start, change. Frames go to all viewers alike and cannot carry them.
 */
import { dispatch } from "./events.js";

const retryAfter = 5000;
/** @type {number | undefined} */
let timer;
let lastRequest = 0;

document.addEventListener("live:swapped", ({ detail: { part, before } }) => {
  if (!part.id.startsWith("panel-")) return;
  // The class of the panel is the job's status.
  const isSame = part.className === before.className;
  if (isSame && part.dataset.offers === before.dataset.offers) return;
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
