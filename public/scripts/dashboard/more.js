/** A row that is opened shows the end of its log, and goes on with it while the job runs. */
const most = 20;
/** @type {Set<string>} */
const opened = new Set();

// It does not bubble, and comes again with each new row that is open.
document.addEventListener(
  "toggle",
  ({ target }) => target.matches(".more[open]") && show(target),
  true,
);

/** @param {HTMLDetailsElement} details */
async function show(details) {
  const id = details.id.slice("more-".length);
  if (opened.has(id)) return;
  opened.add(id);
  try {
    const answer = await fetch(`/jobs/${id}/tail`, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const tail = document.getElementById(`tail-${id}`);
    tail.innerHTML = await answer.text();
    htmx.trigger(tail, "htmx:load");
    const isOver = tail.closest(".row").matches(".done, .failed, .cancelled");
    if (!isOver) document.dispatchEvent(new CustomEvent("live:watch", { detail: `job:${id}` }));
  } catch {
    // The link to the log is there, and opening it again tries again.
    opened.delete(id);
  }
}

document.addEventListener("live:grown", ({ target: lines }) => {
  while (lines.childElementCount > most) lines.firstElementChild.remove();
});
