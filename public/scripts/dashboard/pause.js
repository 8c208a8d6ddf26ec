/** While a person has paused the live updates, frames wait: the newest for each part, and all lines. */
import { say } from "./say.js";

const button = document.getElementById("pause-live");
let paused = false;
/** @type {Map<string, Element>} by the part's id */
const waiting = new Map();
/** @type {string[]} */
let added = [];
/** @type {string[]} what is added to a list, each in its turn */
let lines = [];

// On their way to the document, where live-swap.js and others hear of them.
addEventListener("live:frames", (event) => keep(event, holdFrames), true);
addEventListener("live:added", (event) => keep(event, (id) => added.push(id)), true);
button?.addEventListener("click", toggle);

/** @param {CustomEvent<string>} event @param {(detail: string) => void} hold */
function keep(event, hold) {
  if (!paused) return;
  event.stopPropagation();
  hold(event.detail);
  tell();
}

/** @param {string} html */
function holdFrames(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const next of template.content.children) {
    const before = waiting.get(next.id);
    if (next.getAttribute("hx-swap-oob") !== "true") lines.push(next.outerHTML);
    else if (!before || isNewer(next.dataset, before.dataset)) {
      // Behind what it was rendered after.
      waiting.delete(next.id);
      waiting.set(next.id, next);
    }
  }
}

/** @param {DOMStringMap} one @param {DOMStringMap} other */
function isNewer(one, other) {
  return (one.version - other.version || one.at - other.at) >= 0;
}

export function toggle() {
  paused = !paused;
  if (!paused) release();
  tell();
  say(paused ? "Live updates are paused" : "Live updates go on");
}

function release() {
  const frames = [...waiting.values()].map((each) => each.outerHTML);
  const [html, ids] = [[...frames, ...lines].join(""), added];
  waiting.clear();
  [lines, added] = [[], []];
  if (html) document.dispatchEvent(new CustomEvent("live:frames", { detail: html }));
  for (const detail of ids) document.dispatchEvent(new CustomEvent("live:added", { detail }));
}

/** A job's row and its tick are one change. */
function tell() {
  const parts = new Set([...waiting.keys()].map((id) => id.slice(id.indexOf("-") + 1)));
  const count = parts.size + added.length;
  const changes = `${count} ${count === 1 ? "change waits" : "changes wait"}`;
  button.textContent = paused
    ? `Paused, ${count ? changes : "nothing waits"}: go on`
    : "Pause updates";
  document.body.toggleAttribute("data-paused", paused);
}
