/**
 * Says how many jobs were started since, and how many of those that are shown have ended, without
 * moving what is under the pointer: the list is sorted anew when the person wants it.
 */
import { jobs } from "./say.js";

const slot = document.getElementById("jobs-new");
/** @type {Set<string>} */
const added = new Set();
/** @type {Set<string>} */
const ended = new Set();
const final = ".done, .failed, .cancelled";

document.addEventListener("live:added", ({ detail: id }) => {
  // The first 48 bits of the id are the time of its making (RFC 9562).
  const at = Number.parseInt(id.replace("-", "").slice(0, 12), 16);
  if (at < Number(document.body.dataset.since) || document.getElementById(`row-${id}`)) return;
  added.add(id);
  show();
});

document.addEventListener("live:swapped", ({ target, detail: before }) => {
  if (!target.id.startsWith("row-") || before.matches(final) || !target.matches(final)) return;
  ended.add(target.id);
  show();
});

function show() {
  if (!slot.firstChild) slot.append(reloadLink());
  const anew = ended.size > 0 ? "sort anew" : "";
  const news = added.size > 0 ? `show ${jobs(added.size).replace(" ", " new ")}` : "";
  const text = [news, anew].filter(Boolean).join(" and ");
  const why = news ? "" : `: ${jobs(ended.size)} ${ended.size === 1 ? "has" : "have"} ended`;
  slot.querySelector("span").textContent = text.charAt(0).toUpperCase() + text.slice(1) + why;
}

function reloadLink() {
  const link = document.createElement("a");
  link.className = "btn";
  link.id = "show-new";
  link.href = location.href;
  link.innerHTML =
    '<svg class="i" aria-hidden="true"><use href="#i-again"></use></svg> <span></span>';
  return link;
}
