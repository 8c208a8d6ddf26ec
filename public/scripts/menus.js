/** Closes the menus of the header on a click elsewhere or Escape, and counts the active jobs there. */
import { findById } from "./elements.js";

/** @type {NodeListOf<HTMLDetailsElement>} */
const menus = document.querySelectorAll("details.menu");

addEventListener("click", ({ target }) => {
  for (const menu of menus) {
    if (target instanceof Node && !menu.contains(target)) menu.open = false;
  }
});
addEventListener("keydown", ({ key }) => {
  const menu = [...menus].find(({ open }) => open);
  if (key !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
});

const tray = findById("tray", HTMLElement);
document.addEventListener("live:swapped", ({ detail: { part } }) => {
  if (!tray?.contains(part)) return;
  const finished = tray.querySelectorAll(".job-row[data-final]").length;
  const count = tray.querySelector("b");
  // "99+" stays, because more jobs are active than the tray lists.
  if (!count || count.textContent?.includes("+")) return;
  count.textContent = String(Number(tray.dataset.count) - finished);
});
