/**
 * Reacts to jobs that finish while this page shows them: has a screen reader announce them, plays a
 * sound, and opens the result from the job's own page, if the person wants that.
 */
import { announce } from "../announce.js";
import { requestFinishSound } from "./finish-sound.js";

const { dataset } = document.body;
/** Jobs that finish within this time are announced together, ms. */
const announceInterval = 3000;
/** More than these are announced as a number. */
const maxAnnounced = 3;
/** @type {string[]} */
let pending = [];
let announcedAt = 0;
/** Whether the job of this page ran since it was opened, and had not finished before. */
let hasRun = false;
/** The id of the result part that opens once it arrives. */
let resultToOpen = "";

document.addEventListener("live:swapped", ({ detail: { part, before } }) => {
  if (part.id === resultToOpen) openResult(part);
  const [, type, id] = /^(panel|row)-(.+)/.exec(part.id) ?? [];
  if (!id || "final" in before.dataset || !("final" in part.dataset)) {
    hasRun ||= part.closest(".job-panel") !== null;
    return;
  }
  // The list of the whole account shows jobs of other people.
  if (type === "row" && dataset.topics?.includes("jobs:account")) return;
  pending.push(describe(part));
  announcePending();
  const succeeded = part.matches(".done, .partly-done");
  if ("sound" in dataset) requestFinishSound({ id, succeeded });
  if (type === "panel" && hasRun && succeeded) resultToOpen = `result-${id}`;
});

/** "Import contacts people.csv: Done. Imported 40 of 42 rows" @param {HTMLElement} part */
function describe(part) {
  const name = textOf(part.querySelector(".name") ?? document.querySelector("h1"));
  const status = textOf(part.querySelector(".status-badge"));
  const outcome = textOf(part.querySelector(".outcome, .job-row > p"));
  return `${name}: ${[status, outcome].filter(Boolean).join(". ")}`;
}

/** @param {Element | null} element */
function textOf(element) {
  return (element?.textContent ?? "").replace(/\s+/g, " ").trim();
}

function announcePending() {
  const wait = announcedAt + announceInterval - Date.now();
  if (wait > 0) return void setTimeout(announcePending, wait);
  if (pending.length === 0) return;
  announce(pending.length > maxAnnounced ? `${pending.length} jobs finished` : pending.join(". "));
  pending = [];
  announcedAt = Date.now();
}

/** Leaves a tab in the background where it is. @param {HTMLElement} result */
function openResult(result) {
  resultToOpen = "";
  if (document.hidden || !("opensResult" in dataset || "opensResult" in result.dataset)) return;
  /** @type {HTMLAnchorElement | null | undefined} */
  const link = result.querySelector("#result-page") ?? onlyFile(result);
  if (link) location.assign(link.href);
}

/** @param {HTMLElement} result */
function onlyFile(result) {
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const files = result.querySelectorAll("a[data-result]");
  return files.length === 1 ? files[0] : undefined;
}
