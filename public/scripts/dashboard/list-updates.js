/**
 * Counts the jobs that were created, and those of the list that finished, since the page was
 * rendered. The list itself stays in its order under the pointer until the person updates it.
 */
import { countOf } from "../announce.js";
import { getById } from "../elements.js";

const slot = getById("jobs-new", HTMLElement);
/** @type {Set<string>} */
const created = new Set();
/** @type {Set<string>} */
const finished = new Set();

document.addEventListener("live:job-created", ({ detail: id }) => {
  const isOlder = createdAt(id) < Number(document.body.dataset.since);
  if (isOlder || document.getElementById(`row-${id}`)) return;
  created.add(id);
  showLink();
});

/** The first 48 bits of a UUIDv7 are its time (RFC 9562, 5.7). @param {string} id @returns {number} ms since 1970 */
function createdAt(id) {
  return Number.parseInt(id.replace("-", "").slice(0, 12), 16);
}

document.addEventListener("live:swapped", ({ detail: { part, before } }) => {
  const hasFinished = "final" in part.dataset && !("final" in before.dataset);
  if (!part.id.startsWith("row-") || !hasFinished) return;
  finished.add(part.id);
  showLink();
});

/** "1 job finished · Update list", "3 new jobs, 1 job finished · Update list" */
function showLink() {
  const changes = [
    created.size > 0 && countOf(created.size, "new job"),
    finished.size > 0 && `${countOf(finished.size, "job")} finished`,
  ];
  const link = slot.querySelector("a") ?? addLink();
  const text = link.querySelector("span");
  if (text) text.textContent = `${changes.filter(Boolean).join(", ")} · Update list`;
}

function addLink() {
  const link = document.createElement("a");
  link.className = "btn";
  link.id = "show-new";
  link.href = location.href;
  link.innerHTML =
    '<svg class="icon" aria-hidden="true"><use href="#icon-refresh"></use></svg> <span></span>';
  slot.append(link);
  return link;
}
