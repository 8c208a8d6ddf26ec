/**
 * Shows mistakes in the code on top of the page, which stays as it was before them.
 *
 * @import { DevProblem } from "./problem.d.ts"
 */

/** The mistakes that the server tells of. @type {Element[]} */
let problems = [];
/** The error of this page itself. @type {Element | null} */
let trouble = null;

/** @param {DevProblem[]} found */
export function showProblems(found) {
  problems = found.map(describe);
  show();
}

/** @param {Element | null} details the error instead of this page, or null */
export function showTrouble(details) {
  trouble = details;
  show();
}

function show() {
  const shown = trouble ? [...problems, trouble] : problems;
  const before = document.getElementById("dev-problems");
  if (shown.length === 0) return before?.remove();
  const panel = before ?? document.createElement("aside");
  panel.id = "dev-problems";
  panel.setAttribute("role", "alert");
  panel.replaceChildren(...shown);
  document.body.append(panel);
}

/** @param {DevProblem} problem */
function describe({ name, message, place, excerpt, trace }) {
  const section = element("div", "error-details");
  section.append(element("p", "font-mono text-danger", name), element("h2", "", message));
  if (place) section.append(element("code", "", place));
  if (excerpt.length > 0) {
    const lines = element("pre", "excerpt");
    for (const { number, text, isMarked } of excerpt) {
      const line = element("span", isMarked ? "marked" : "");
      line.append(element("i", "", String(number)), text);
      lines.append(line);
    }
    section.append(lines);
  }
  for (const step of trace) section.append(element("code", "trace block", step));
  return section;
}

/** @param {string} name @param {string} className @param {string} [text] */
function element(name, className, text = "") {
  const created = document.createElement(name);
  created.className = className;
  created.textContent = text;
  return created;
}
