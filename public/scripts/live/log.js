/**
 * The log on a job's page: filters new lines by the chosen level, and follows the end of the log until
 * the person scrolls up, and again when they are back at the end.
 */
import { findById } from "../elements.js";
import { resync } from "./client.js";

/** Beyond this the first lines are removed. */
const maxLines = { following: 2000, reading: 10_000 };
let following = true;
/** For how long a log that was just loaded waits for the lines between its own and the next ones, ms. */
const answerTimeout = 10_000;
let answerDueAt = 0;

setUp();
// The person chose another level or page of the log.
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (elt.id !== "log") return;
  setUp();
  answerDueAt = performance.now() + answerTimeout;
  resync();
});

function setUp() {
  const list = findList();
  if (!list) return;
  const marked = document.getElementById(location.hash.slice(1)) ?? list.querySelector(".marked");
  const hasMarked = marked !== null && list.contains(marked);
  setFollowing(!hasMarked && !isExcerpt(list));
  if (following) scrollToEnd(list);
  else if (hasMarked) marked.scrollIntoView({ block: "nearest" });
}

/** @returns {HTMLElement | null} */
function findList() {
  return document.querySelector("#log .log-lines");
}

/** Whether the page shows earlier lines, to which no new ones belong. @param {HTMLElement} list */
function isExcerpt(list) {
  return "excerpt" in list.dataset;
}

/** @param {boolean} value */
function setFollowing(value) {
  following = value;
  const button = findById("log-follow", HTMLButtonElement);
  button?.setAttribute("aria-pressed", String(value));
  if (button) button.hidden = false;
}

document.addEventListener("click", ({ target }) => {
  if (!(target instanceof Element) || !target.closest("#log-follow")) return;
  setFollowing(!following);
  if (following) scrollToEnd(findList());
});

// Scroll events do not bubble, so this listens while they are captured.
document.addEventListener(
  "scroll",
  ({ target }) => {
    const list = findList();
    if (list && target === list && isAtEnd(list) !== following) setFollowing(!following);
  },
  true,
);

addEventListener("resize", () => following && scrollToEnd(findList()));

/** @param {HTMLElement} list */
function isAtEnd(list) {
  return list.scrollTop + list.clientHeight > list.scrollHeight - 8;
}

/** @param {HTMLElement | null} list */
function scrollToEnd(list) {
  if (list) list.scrollTop = list.scrollHeight;
}

document.addEventListener("htmx:oobBeforeSwap", ({ detail: { fragment, target } }) => {
  // Log lines and output are appended; any other part is replaced, and comes in a document fragment.
  if (!(fragment instanceof HTMLElement) || !target.matches(".log-lines")) return;
  // A browser fires the scroll event with its next frame, and these lines may arrive before.
  if (following && !isAtEnd(target)) setFollowing(false);
  filterLines(fragment, target);
});

/** Removes the lines that this log does not show. @param {HTMLElement} added the new lines @param {HTMLElement} list */
function filterLines(added, list) {
  const lastLine = Number(list.dataset.lastLine);
  const { level } = list.dataset;
  const lines = [...added.children];
  const missing = lineNumber(lines[0]) - lastLine - 1;
  // Lines that went to the log before this one come again, with these, in the answer to `resync`.
  if (missing > 0 && performance.now() < answerDueAt) return added.replaceChildren();
  answerDueAt = 0;
  for (const line of lines) {
    const isKnown = lineNumber(line) <= lastLine;
    if (isKnown || isExcerpt(list) || isBelow(level, line)) line.remove();
  }
  if (missing > 0 && !isExcerpt(list)) added.prepend(gapLine(list, lastLine, missing));
  list.dataset.lastLine = String(Math.max(lastLine, lineNumber(lines.at(-1))));
}

/** @param {string | undefined} level the lowest that is shown, empty for all @param {Element} line */
function isBelow(level, { className }) {
  return (level && className === "info") || (level === "error" && className === "warn");
}

/** @param {Element | null | undefined} line with an id that ends in its number */
function lineNumber(line) {
  return line ? Number(line.id.slice(line.id.lastIndexOf("-") + 1)) : 0;
}

/** A link to lines that the server skipped, because one answer carries a limited number. @param {HTMLElement} list @param {number} lastLine @param {number} missing */
function gapLine({ id }, lastLine, missing) {
  const line = document.createElement("li");
  line.className = "note";
  line.id = `${id}-${lastLine}`;
  const link = document.createElement("a");
  link.href = `${location.pathname}?after=${lastLine}#log`;
  link.textContent = `Show ${missing.toLocaleString("en")} skipped lines`;
  line.append(link);
  return line;
}

// Also the end of a log in a row of the list, which dashboard/row-details.js keeps short.
document.addEventListener("live:appended", ({ detail: list }) => {
  if (!list.matches(".log-lines")) return;
  const max = following ? maxLines.following : maxLines.reading;
  if (list.childElementCount > max) trim(list, max);
  if (following) scrollToEnd(list);
});

/** @param {HTMLElement} list @param {number} max */
function trim(list, max) {
  while (list.childElementCount > max) list.firstElementChild?.remove();
  const link = findById("log-earlier", HTMLAnchorElement);
  if (!link) return;
  const url = new URL(link.href);
  url.searchParams.set("before", String(lineNumber(list.firstElementChild)));
  link.href = url.href;
  if (link.parentElement) link.parentElement.hidden = false;
}
