/** @param {string} html fragments with an id each @returns {HTMLElement[]} */
export function parseFrames(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children].filter((child) => child instanceof HTMLElement);
}

/** Whether a frame replaces its part; others append to it, such as log lines. @param {HTMLElement} frame */
export function replacesPart(frame) {
  return frame.getAttribute("hx-swap-oob") === "true";
}

/**
 * @param {HTMLElement} a
 * @param {HTMLElement} b
 * @returns {number} above 0 if `a` is newer, by its version or the time of its rendering, below 0 if
 *   `b` is, NaN if one has no version
 */
export function compareAge({ dataset: a }, { dataset: b }) {
  return Number(a.version) - Number(b.version) || Number(a.time) - Number(b.time);
}
