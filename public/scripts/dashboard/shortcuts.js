/**
 * The list by single keys. Who needs them for something else, such as for what they say to their
 * computer, can switch them off: https://www.w3.org/WAI/WCAG22/Understanding/character-key-shortcuts
 */
import { chosen } from "./choice.js";
import { toggle } from "./pause.js";
import { say } from "./say.js";

const dialog = document.getElementById("shortcuts");
const on = document.getElementById("shortcuts-on");
const stored = "shortcuts";
/** The job that keys are about, where the focus is elsewhere. */
let current = "";

on.checked = read() !== "off";
on.addEventListener("change", () => keep(on.checked ? "on" : "off"));
document.getElementById("show-shortcuts").addEventListener("click", () => dialog.showModal());
document.addEventListener("keydown", press);

/** Some browsers keep nothing for a page. */
function read() {
  try {
    return localStorage.getItem(stored);
  } catch {
    return null;
  }
}

/** @param {string} value */
function keep(value) {
  try {
    localStorage.setItem(stored, value);
  } catch {}
}

/** @type {Record<string, () => void>} */
const keys = {
  j: () => go(1),
  k: () => go(-1),
  Enter: () => link(row())?.click(),
  x: choose,
  c: () => act("cancel", "Cancel", "It was asked to stop"),
  r: () => act("retry", "Retry", "It was started again"),
  p: toggle,
  "/": () => document.getElementById("q")?.focus(),
  "?": () => dialog.showModal(),
};

/** @param {KeyboardEvent} event */
function press(event) {
  const { key, target, ctrlKey, metaKey, altKey, defaultPrevented } = event;
  if (!on.checked || defaultPrevented || ctrlKey || metaKey || altKey || dialog.open) return;
  if (isTyping(target) || !Object.hasOwn(keys, key)) return;
  // Enter is for whatever has the focus; in a box it would send the form.
  if (key === "Enter" && !target.matches("#bulk input")) return;
  event.preventDefault();
  keys[key]();
}

/** @param {HTMLElement} element */
function isTyping(element) {
  if (element.isContentEditable || element.matches("textarea, select")) return true;
  return element.matches("input:not([type=checkbox], [type=radio], [type=submit])");
}

function rows() {
  return [...document.querySelectorAll("#jobs > li")];
}

/** @returns {Element | undefined} */
function row() {
  const focused = document.activeElement?.closest("#jobs > li");
  return focused ?? rows().find((each) => idOf(each) === current);
}

/** @param {Element} item */
function idOf(item) {
  return item.querySelector("input").value;
}

/** @param {Element | undefined} item @returns {HTMLElement | null | undefined} */
function link(item) {
  return item?.querySelector(".name");
}

/** @param {1 | -1} step */
function go(step) {
  const all = rows();
  const at = all.indexOf(row());
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  if (!next) return;
  current = idOf(next);
  link(next).focus();
  next.scrollIntoView({ block: "nearest" });
}

function choose() {
  const box = row()?.querySelector("input");
  if (!box) return;
  box.click();
  say(`${box.checked ? "Chosen" : "Not chosen"}, ${chosen().length} in all`);
}

/** All that are chosen, by the button below; else the one that has the focus. @param {string} what @param {string} word @param {string} done */
function act(what, word, done) {
  const ids = chosen();
  if (ids.length === 0) {
    const item = row();
    if (item) void actOn(idOf(item), what, word, done);
    return;
  }
  if (ids.length > 1 && !confirm(`${word} ${ids.length} jobs?`)) return;
  document.getElementById(`bulk-${what}`).click();
}

/** In place: the row is shown anew by the live updates. @param {string} id @param {string} what @param {string} word @param {string} done */
async function actOn(id, what, word, done) {
  const button = document.getElementById(`${what}-${id}`);
  if (!button) return say(`${word}: not possible for this job`);
  const token = document.querySelector("#bulk [name=token]").value;
  try {
    const answer = await fetch(button.formAction, {
      method: "POST",
      body: new URLSearchParams({ token }),
    });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const said = page.getElementById("flash")?.textContent.trim();
    say(said || done);
  } catch {
    button.click();
  }
}
