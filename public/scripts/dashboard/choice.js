/** Choosing jobs: one by one, a row of them with Shift, all of the page, and then all that match. */
import { jobs } from "./say.js";

const form = document.getElementById("bulk");
const page = document.getElementById("pick-all");
const all = document.getElementById("bulk-all");
const text = document.getElementById("chosen");
const shown = text?.textContent ?? "";
/** @type {HTMLInputElement | undefined} */
let last;

/** @returns {HTMLInputElement[]} */
function boxes() {
  return [...(form?.querySelectorAll("input[name=ids]") ?? [])];
}

/** The ids of the jobs that are chosen. */
export function chosen() {
  return boxes().flatMap((box) => (box.checked ? box.value : []));
}

if (form) {
  page.parentElement.hidden = false;
  page.addEventListener("change", change);
  form.addEventListener("click", chooseBetween);
  form.addEventListener("change", change);
  // Back at the page as it was left.
  addEventListener("pageshow", show);
}

/** @param {MouseEvent} event */
function chooseBetween({ target, shiftKey }) {
  if (target.name !== "ids") return;
  const row = boxes();
  const ends = [row.indexOf(target), row.indexOf(last)].sort((a, b) => a - b);
  if (shiftKey && ends[0] >= 0) {
    for (const box of row.slice(ends[0], ends[1] + 1)) box.checked = target.checked;
  }
  last = target;
}

/** @param {Event} event */
function change({ target }) {
  if (target === page) for (const box of boxes()) box.checked = page.checked;
  if (all && target.name === "ids" && !target.checked) all.checked = false;
  if (target === all && all.checked) for (const box of boxes()) box.checked = true;
  show();
}

function show() {
  const count = chosen().length;
  const whole = count === boxes().length;
  page.checked = whole;
  page.indeterminate = count > 0 && !whole;
  if (all) {
    if (!whole) all.checked = false;
    all.parentElement.hidden = !whole;
  }
  text.textContent = count === 0 ? shown : `${jobs(count)} chosen`;
}
