/** On a list of jobs: says how many were started since, without moving what is under the pointer. */
const slot = document.getElementById("jobs-new");
/** @type {Set<string>} */
const added = new Set();

document.addEventListener("live:added", ({ detail: id }) => {
  // The first 48 bits of the id are the time of its making (RFC 9562).
  const at = Number.parseInt(id.replace("-", "").slice(0, 12), 16);
  if (!slot || at < Number(document.body.dataset.since)) return;
  if (document.getElementById(`row-${id}`)) return;
  added.add(id);
  if (!slot.firstChild) slot.append(reloadLink());
  slot.querySelector("span").textContent =
    `Show ${added.size} new ${added.size === 1 ? "job" : "jobs"}`;
});

function reloadLink() {
  const link = document.createElement("a");
  link.className = "btn";
  link.id = "show-new";
  link.href = location.href;
  link.innerHTML =
    '<svg class="i" aria-hidden="true"><use href="#i-again"></use></svg> <span></span>';
  return link;
}
