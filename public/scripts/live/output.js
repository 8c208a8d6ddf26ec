/** Appends new text of a job to that of its page, and follows its end until the person scrolls up. */
import { resync } from "./client.js";

/** The texts that were scrolled to their end before the last text came. @type {Set<Element>} */
const following = new Set();

for (const text of document.querySelectorAll(".output-text")) text.scrollTop = text.scrollHeight;

document.addEventListener("htmx:oobBeforeSwap", ({ detail: { fragment, target } }) => {
  if (!(fragment instanceof HTMLElement) || !target.matches(".output-text")) return;
  const length = Number(target.dataset.length);
  const from = Number(fragment.dataset.from);
  const text = fragment.textContent ?? "";
  // Text is missing in between: the answer has all that this page shows.
  if (from > length) resync();
  fragment.textContent = from > length ? "" : text.slice(length - from);
  if (from <= length) target.dataset.length = String(Math.max(length, from + text.length));
  if (target.scrollTop + target.clientHeight > target.scrollHeight - 8) following.add(target);
});

document.addEventListener("live:appended", ({ detail: part }) => {
  if (following.delete(part)) part.scrollTop = part.scrollHeight;
});

document.addEventListener("live:swapped", ({ detail: { part } }) => {
  const text = part.querySelector(".output-text");
  if (text) text.scrollTop = text.scrollHeight;
});
