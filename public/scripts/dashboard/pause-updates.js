/** Holds live updates back while the person has paused them: the newest frame of each part, and all log lines. */
import { announce, countOf } from "../announce.js";
import { getById } from "../elements.js";
import { dispatch } from "../live/events.js";
import { compareAge, parseFrames, replacesPart } from "../live/frames.js";

const button = getById("pause-live", HTMLButtonElement);
let paused = false;
/** The newest frame by the id of its part, in the order in which they were rendered. @type {Map<string, HTMLElement>} */
const frames = new Map();
/** Frames that append to a list. @type {HTMLElement[]} */
let lines = [];
/** @type {string[]} */
let createdJobs = [];

// Captured at the window, before the listeners of the document see the event.
addEventListener("live:frames", (event) => holdBack(event, holdFrames), true);
addEventListener(
  "live:job-created",
  (event) => holdBack(event, (id) => createdJobs.push(id)),
  true,
);
button.addEventListener("click", togglePause);

/** @param {CustomEvent<string>} event @param {(detail: string) => void} hold */
function holdBack(event, hold) {
  if (!paused) return;
  event.stopPropagation();
  hold(event.detail);
  showState();
}

/** @param {string} html */
function holdFrames(html) {
  for (const next of parseFrames(html)) {
    const before = frames.get(next.id);
    if (!replacesPart(next)) lines.push(next);
    else if (!before || compareAge(next, before) >= 0) {
      // Deleted first, so that it moves to the end.
      frames.delete(next.id);
      frames.set(next.id, next);
    }
  }
}

export function togglePause() {
  paused = !paused;
  if (!paused) release();
  showState();
  announce(paused ? "Updates paused" : "Updates resumed");
}

function release() {
  const html = [...frames.values(), ...lines].map((frame) => frame.outerHTML).join("");
  const ids = createdJobs;
  frames.clear();
  lines = [];
  createdJobs = [];
  if (html) dispatch("live:frames", html);
  for (const id of ids) dispatch("live:job-created", id);
}

function showState() {
  const count = countUpdates();
  const state = count > 0 ? countOf(count, "update") : "Updates paused";
  button.textContent = paused ? `${state} · Resume` : "Pause updates";
  document.body.toggleAttribute("data-paused", paused);
}

/** Counts the row of a job and its progress bar as one. */
function countUpdates() {
  const subjects = new Set([...frames.keys()].map((id) => id.slice(id.indexOf("-") + 1)));
  return subjects.size + createdJobs.length;
}
