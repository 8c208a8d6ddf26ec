/**
 * Swaps frames into the page without disturbing the person: never an older one over a newer one,
 * never under a pressed button or selected text, and with focus and open details kept.
 */
import { dispatch } from "./events.js";
import { compareAge, parseFrames, replacesPart } from "./frames.js";

/** How long a frame waits at most for a person who uses the part that it replaces, ms. */
const maxWait = 5000;
/** A main target for htmx, which swaps out-of-band fragments only beside one. */
const sink = document.createElement("div");
/** The newest waiting frame by the id of its part. @type {Map<string, { next: HTMLElement, since: number }>} */
const waiting = new Map();
/** @type {Node | null} */
let pressed = null;

document.addEventListener("live:frames", ({ detail: html }) => {
  for (const next of parseFrames(html)) swapOrWait(next);
});

/** @param {HTMLElement} next */
function swapOrWait(next) {
  const part = document.getElementById(next.id);
  if (!part) return;
  if (replacesPart(next) && isInUse(part)) wait(next);
  else swap(next, part);
}

/** @param {HTMLElement} part */
function isInUse(part) {
  if (part.contains(pressed)) return true;
  const selection = getSelection();
  if (!selection || selection.isCollapsed) return false;
  return part.contains(selection.anchorNode) || part.contains(selection.focusNode);
}

/** @param {HTMLElement} next */
function wait(next) {
  const before = waiting.get(next.id);
  if (before && compareAge(next, before.next) < 0) return;
  waiting.set(next.id, { next, since: before?.since ?? Date.now() });
  // 20 ms more, because timers may fire early by their rounding.
  if (!before) setTimeout(swapWaiting, maxWait + 20);
}

function swapWaiting() {
  for (const [id, { next, since }] of waiting) {
    const part = document.getElementById(id);
    if (part && isInUse(part) && Date.now() - since < maxWait) continue;
    waiting.delete(id);
    if (part) swap(next, part);
  }
}

/** @param {HTMLElement} next @param {HTMLElement} part */
function swap(next, part) {
  const replaces = replacesPart(next);
  const hadFocus = part.contains(document.activeElement);
  const fragment = document.createDocumentFragment();
  fragment.append(next);
  htmx.swap(sink, fragment, {
    swapStyle: "none",
    swapDelay: 0,
    settleDelay: 0,
    ignoreTitle: true,
  });
  if (!replaces) return dispatch("live:appended", part);
  const replacement = document.getElementById(next.id);
  // The frame was older than the part.
  if (!replacement || replacement === part) return;
  // The focused element is gone: a screen reader continues here, not at the top of the page.
  if (hadFocus && document.activeElement === document.body) {
    replacement.tabIndex = -1;
    replacement.focus({ preventScroll: true });
  }
  dispatch("live:swapped", { part: replacement, before: part });
}

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  // Log lines and output, which log.js and output.js filter.
  if (fragment instanceof Element) return;
  const next = fragment.firstElementChild;
  if (!(next instanceof HTMLElement)) return;
  if (isOutdated(next, target)) return event.preventDefault();
  const before = [...target.querySelectorAll("details")];
  next.querySelectorAll("details").forEach((details, index) => {
    const twin = before.find(({ id }) => id && id === details.id) ?? before[index];
    if (twin) details.open = twin.open;
  });
});

/** Compares with the parts inside as well: a progress bar may be newer than its panel. @param {HTMLElement} next @param {HTMLElement} part */
function isOutdated(next, part) {
  if (compareAge(next, part) <= 0) return true;
  /** @type {NodeListOf<HTMLElement>} */
  const inner = part.querySelectorAll("[data-version]");
  return [...inner].some((each) => compareAge(next, each) < 0);
}

/** @param {Event} event */
function press({ target }) {
  pressed = target instanceof Node ? target : null;
}
function releasePress() {
  // The click event follows this one.
  setTimeout(() => {
    pressed = null;
    swapWaiting();
  });
}
document.addEventListener("pointerdown", press);
document.addEventListener("keydown", (event) => event.key === " " && press(event));
for (const name of ["pointerup", "pointercancel", "keyup"]) {
  document.addEventListener(name, releasePress);
}
document.addEventListener("selectionchange", () => waiting.size > 0 && swapWaiting());
