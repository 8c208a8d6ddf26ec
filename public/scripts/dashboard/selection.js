/** Selects jobs of the list: one by one, a range with Shift, the whole page, or all that match. */
import { countOf } from "../announce.js";
import { findById } from "../elements.js";

const form = findById("bulk", HTMLFormElement);
const pageBox = findById("pick-all", HTMLInputElement);
/** Selects all jobs that match the filter, on other pages too. */
const matchingBox = findById("bulk-all", HTMLInputElement);
const countText = findById("chosen", HTMLElement);
const emptyText = countText?.textContent ?? "";
/** The start of a range. @type {HTMLInputElement | undefined} */
let lastBox;

/** @returns {HTMLInputElement[]} */
function findBoxes() {
  return [...(form?.querySelectorAll("input") ?? [])].filter(({ name }) => name === "ids");
}

/** @returns {string[]} the ids of the selected jobs */
export function selectedIds() {
  return findBoxes().flatMap((box) => (box.checked ? box.value : []));
}

if (form) {
  if (pageBox?.parentElement) pageBox.parentElement.hidden = false;
  pageBox?.addEventListener("change", update);
  form.addEventListener("click", selectRange);
  form.addEventListener("change", update);
  // The browser restores the boxes when the person comes back.
  addEventListener("pageshow", showSelection);
}

/** @param {MouseEvent} event */
function selectRange({ target, shiftKey }) {
  if (!(target instanceof HTMLInputElement) || target.name !== "ids") return;
  const boxes = findBoxes();
  const from = lastBox ? boxes.indexOf(lastBox) : -1;
  const to = boxes.indexOf(target);
  if (shiftKey && from >= 0) {
    const range = boxes.slice(Math.min(from, to), Math.max(from, to) + 1);
    for (const box of range) box.checked = target.checked;
  }
  lastBox = target;
}

/** @param {Event} event */
function update({ target }) {
  if (!(target instanceof HTMLInputElement)) return;
  if (target === pageBox) setAll(pageBox.checked);
  if (matchingBox && target.name === "ids" && !target.checked) matchingBox.checked = false;
  if (target === matchingBox && target.checked) setAll(true);
  showSelection();
}

/** @param {boolean} checked */
function setAll(checked) {
  for (const box of findBoxes()) box.checked = checked;
}

function showSelection() {
  const count = selectedIds().length;
  const isWholePage = count === findBoxes().length;
  if (pageBox) {
    pageBox.checked = isWholePage;
    pageBox.indeterminate = count > 0 && !isWholePage;
  }
  if (matchingBox) {
    if (!isWholePage) matchingBox.checked = false;
    if (matchingBox.parentElement) matchingBox.parentElement.hidden = !isWholePage;
  }
  if (countText) {
    countText.textContent = count === 0 ? emptyText : `${countOf(count, "job")} selected`;
  }
}
