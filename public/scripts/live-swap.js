/**
 * Puts frames into the page without getting in a person's way: nothing older over something newer,
 * nothing under a pressed button or a selected text, and focus and open details stay where they are.
 */

/** While a person is busy with a part of the page, its frames wait; at most this long, ms. */
const patience = 5000;
/** htmx swaps out-of-band fragments besides a main one, of which there is none. */
const sink = document.createElement("div");
/** @type {Map<string, { next: Element, since: number }>} the newest for each part, by its id */
const held = new Map();
/** @type {Element | null} */
let pressed = null;

document.addEventListener("live:frames", ({ detail }) => {
  const template = document.createElement("template");
  template.innerHTML = detail;
  for (const next of [...template.content.children]) take(next);
});

/** @param {Element} next */
function take(next) {
  const part = document.getElementById(next.id);
  if (!part) return;
  if (next.getAttribute("hx-swap-oob") === "true" && isBusy(part)) hold(next);
  else swapIn(next, part);
}

/** @param {Element} part */
function isBusy(part) {
  if (part.contains(pressed)) return true;
  const { isCollapsed, anchorNode, focusNode } = getSelection();
  return !isCollapsed && (part.contains(anchorNode) || part.contains(focusNode));
}

/** @param {Element} next */
function hold(next) {
  const before = held.get(next.id);
  if (before && order(next, before.next) < 0) return;
  held.set(next.id, { next, since: before?.since ?? Date.now() });
  // A little later, for clocks are rounded.
  if (!before) setTimeout(release, patience + 20);
}

function release() {
  for (const [id, { next, since }] of held) {
    const part = document.getElementById(id);
    if (part && isBusy(part) && Date.now() - since < patience) continue;
    held.delete(id);
    if (part) swapIn(next, part);
  }
}

/** @param {Element} next @param {Element} part */
function swapIn(next, part) {
  const focused = part.contains(document.activeElement);
  const fragment = document.createDocumentFragment();
  fragment.append(next);
  const how = { swapStyle: "none", swapDelay: 0, settleDelay: 0, ignoreTitle: true };
  htmx.swap(sink, fragment, how);
  // Lines were added to it, or the frame was too old.
  if (part.isConnected) return part.dispatchEvent(new CustomEvent("live:grown", { bubbles: true }));
  const now = document.getElementById(next.id);
  // What had the focus is gone: a screen reader goes on from here, not from the top of the page.
  if (focused && document.activeElement === document.body) {
    now.tabIndex = -1;
    now.focus({ preventScroll: true });
  }
  now.dispatchEvent(new CustomEvent("live:swapped", { bubbles: true, detail: part }));
}

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  // Lines, which live-log.js looks at.
  if (fragment instanceof Element) return;
  const next = fragment.firstElementChild;
  if (isOutdated(next, target)) return event.preventDefault();
  const before = [...target.querySelectorAll("details")];
  next.querySelectorAll("details").forEach((details, place) => {
    const twin = before.find(({ id }) => id && id === details.id) ?? before[place];
    if (twin) details.open = twin.open;
  });
});

/** A panel holds a tick, which may be newer than the panel. @param {Element} next @param {Element} part */
function isOutdated(next, part) {
  if (order(next, part) <= 0) return true;
  return [...part.querySelectorAll("[data-version]")].some((inner) => order(next, inner) < 0);
}

/** NaN where one of them has no version. @param {Element} one @param {Element} other */
function order({ dataset: one }, { dataset: other }) {
  return one.version - other.version || one.at - other.at;
}

/** @param {Event} event */
function press({ target }) {
  pressed = target;
}
/** The click comes right behind. */
function letGo() {
  setTimeout(() => {
    pressed = null;
    release();
  });
}
document.addEventListener("pointerdown", press);
document.addEventListener("keydown", (event) => event.key === " " && press(event));
for (const name of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(name, letGo);
document.addEventListener("selectionchange", () => held.size > 0 && release());
