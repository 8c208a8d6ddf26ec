import { findById } from "./elements.js";

/** Has a screen reader read a text aloud. @param {string} text */
export function announce(text) {
  const region = findById("announce", HTMLElement);
  if (region) region.textContent = text;
}

/** "1 job", "3 jobs" @param {number} count @param {string} noun in the singular */
export function countOf(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
