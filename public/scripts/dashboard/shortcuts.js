/**
 * Single-key shortcuts for the list. They can be switched off, because speech input may press keys:
 * https://www.w3.org/WAI/WCAG22/Understanding/character-key-shortcuts
 */
import { announce } from "../announce.js";
import { getById } from "../elements.js";
import { togglePause } from "./pause-updates.js";
import { selectedIds } from "./selection.js";

/**
 * @typedef {object} Action
 * @property {"cancel" | "retry"} path of the button's id and address
 * @property {string} label
 * @property {string} done announced if the server's answer has no message
 * @property {string} impossible
 */

const dialog = getById("shortcuts", HTMLDialogElement);
const enabledBox = getById("shortcuts-on", HTMLInputElement);
const storageKey = "shortcuts";
/** The job that the keys act on while the focus is elsewhere. */
let currentId = "";

/** @type {Action} */
const cancel = {
  path: "cancel",
  label: "Cancel",
  done: "Cancelling 1 job",
  impossible: "This job can’t be cancelled",
};
/** @type {Action} */
const retry = {
  path: "retry",
  label: "Retry",
  done: "Retried 1 job",
  impossible: "This job can’t be retried",
};

enabledBox.checked = readSetting() !== "off";
enabledBox.addEventListener("change", () => saveSetting(enabledBox.checked ? "on" : "off"));
getById("show-shortcuts", HTMLElement).addEventListener("click", () => dialog.showModal());
document.addEventListener("keydown", handleKey);

function readSetting() {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    // The browser's settings may forbid storage.
    return null;
  }
}

/** @param {string} value */
function saveSetting(value) {
  try {
    localStorage.setItem(storageKey, value);
  } catch {}
}

/** @type {Record<string, () => void>} */
const shortcuts = {
  j: () => move(1),
  k: () => move(-1),
  Enter: () => linkOf(currentRow())?.click(),
  x: toggleSelection,
  c: () => act(cancel),
  r: () => act(retry),
  p: togglePause,
  "/": () => document.getElementById("q")?.focus(),
  "?": () => dialog.showModal(),
};

/** @param {KeyboardEvent} event */
function handleKey(event) {
  const { key, target, ctrlKey, metaKey, altKey, defaultPrevented } = event;
  const isModified = ctrlKey || metaKey || altKey;
  if (!enabledBox.checked || defaultPrevented || isModified || dialog.open) return;
  const shortcut = Object.hasOwn(shortcuts, key) ? shortcuts[key] : undefined;
  if (!shortcut || !(target instanceof HTMLElement) || isTextField(target)) return;
  // Enter belongs to the focused element, except for a checkbox, where it would submit the form.
  if (key === "Enter" && !target.matches("#bulk input")) return;
  event.preventDefault();
  shortcut();
}

/** @param {HTMLElement} element */
function isTextField(element) {
  if (element.isContentEditable || element.matches("textarea, select")) return true;
  return element.matches("input:not([type=checkbox], [type=radio], [type=submit])");
}

function findRows() {
  return [...document.querySelectorAll("#jobs > li")];
}

/** @returns {Element | undefined} the focused row, or else the one that was focused last */
function currentRow() {
  const focused = document.activeElement?.closest("#jobs > li");
  return focused ?? findRows().find((row) => idOf(row) === currentId);
}

/** @param {Element} row */
function idOf(row) {
  return row.querySelector("input")?.value ?? "";
}

/** @param {Element | undefined} row @returns {HTMLElement | null | undefined} */
function linkOf(row) {
  return row?.querySelector(".name");
}

/** @param {1 | -1} step */
function move(step) {
  const rows = findRows();
  const current = currentRow();
  const index = current ? rows.indexOf(current) + step : 0;
  const next = rows[Math.min(rows.length - 1, Math.max(0, index))];
  if (!next) return;
  currentId = idOf(next);
  linkOf(next)?.focus();
  next.scrollIntoView({ block: "nearest" });
}

function toggleSelection() {
  const box = currentRow()?.querySelector("input");
  if (!box) return;
  box.click();
  announce(`${box.checked ? "Selected" : "Deselected"}, ${selectedIds().length} in total`);
}

/** Acts on the selected jobs, by the button below the list, or else on the current one. @param {Action} action */
function act(action) {
  const { length } = selectedIds();
  if (length === 0) {
    const row = currentRow();
    if (row) void actOn(idOf(row), action);
    return;
  }
  if (length > 1 && !confirm(`${action.label} ${length} jobs?`)) return;
  document.getElementById(`bulk-${action.path}`)?.click();
}

/** Acts without leaving the list: the live updates change the row. @param {string} id @param {Action} action */
async function actOn(id, { path, done, impossible }) {
  const button = document.getElementById(`${path}-${id}`);
  if (!(button instanceof HTMLButtonElement)) return announce(impossible);
  /** @type {HTMLInputElement | null} */
  const token = document.querySelector("#bulk [name=token]");
  try {
    const response = await fetch(button.formAction, {
      method: "POST",
      body: new URLSearchParams({ token: token?.value ?? "" }),
    });
    if (!response.ok) throw new Error(`${response.status}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    announce(page.getElementById("flash")?.textContent?.trim() || done);
  } catch {
    // As an ordinary form, whose answer is a page.
    button.click();
  }
}
