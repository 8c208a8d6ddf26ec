/**
 * What follows when a job ends that this page watched: a screen reader is told, a sound asks for its
 * turn, and from the job's own page it goes straight on to the result, where that is wanted.
 */
const { dataset } = document.body;
const final = ".done, .failed, .cancelled";
/** Many may end at once; they are told together. */
const apart = 3000;
const most = 3;
/** @type {string[]} */
let untold = [];
let told = 0;
/** Whether this page has seen the job run: one that Back brings out of a cache has not. */
let watched = false;
/** The result that is waited for, by the id of its part. */
let wanted = "";

document.addEventListener("live:swapped", ({ target: face, detail: before }) => {
  if (face.id === wanted) openResult(face);
  const [, part, id] = /^(panel|row)-(.+)/.exec(face.id) ?? [];
  if (!part || before.matches(final) || !face.matches(final)) {
    watched ||= face.closest(".panel") !== null;
    return;
  }
  // In a list of everybody's jobs it may be anybody's.
  if (part === "row" && dataset.topics.includes("jobs:account")) return;
  untold.push(wordsOf(face));
  tell();
  if ("sound" in dataset) sound(id, face.matches(".done"));
  if (part === "panel" && watched && face.matches(".done")) wanted = `result-${id}`;
});

/** @param {Element} face */
function wordsOf(face) {
  const name =
    face.querySelector(".name")?.textContent ?? document.querySelector("h1")?.textContent;
  const parts = [face.querySelector(".mark"), face.querySelector(".outcome, .row > p")];
  const words = parts.map((part) => part?.textContent.trim()).filter(Boolean);
  return `${name.replace(/\s+/g, " ").trim()}: ${words.join(". ")}`;
}

function tell() {
  const wait = told + apart - Date.now();
  if (wait > 0) return void setTimeout(tell, wait);
  if (untold.length === 0) return;
  const text = untold.length > most ? `${untold.length} jobs have ended` : untold.join(". ");
  document.getElementById("announce").textContent = text;
  untold = [];
  told = Date.now();
}

/** By live-sound.js. @param {string} id @param {boolean} well */
function sound(id, well) {
  document.dispatchEvent(new CustomEvent("live:sound", { detail: { id, well } }));
}

/** Never out of the background, and not on a page that has ended before. @param {HTMLElement} result */
function openResult(result) {
  wanted = "";
  if (document.hidden || !("opensResult" in dataset || "opens" in result.dataset)) return;
  const link = result.querySelector("#result-page") ?? onlyFile(result);
  if (link) location.assign(link.href);
}

/** @param {Element} result @returns {HTMLAnchorElement | undefined} */
function onlyFile(result) {
  const [file, ...more] = result.querySelectorAll("a[data-result]");
  return more.length === 0 ? file : undefined;
}
