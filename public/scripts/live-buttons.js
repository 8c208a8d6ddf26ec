/**
 * The buttons of a job's page: they carry the viewer's token and are in no frame. Which there are
 * depends on the status, which is the panel's class.
 */

/** @type {number | undefined} */
let timer;
let asked = 0;

document.addEventListener("live:swapped", ({ target, detail: before }) => {
  if (!target.id.startsWith("panel-") || target.className === before.className) return;
  askActions(target.id.slice("panel-".length));
});

/** @param {string} id */
async function askActions(id) {
  clearTimeout(timer);
  const mine = ++asked;
  try {
    const answer = await fetch(`/jobs/${id}/actions`, { headers: { Accept: "text/html" } });
    const html = await answer.text();
    if (answer.status >= 500) throw new Error(`${answer.status}`);
    if (mine !== asked) return;
    const template = document.createElement("template");
    template.innerHTML = html;
    const actions = template.content.getElementById(`actions-${id}`);
    actions?.setAttribute("hx-swap-oob", "true");
    if (actions)
      document.dispatchEvent(new CustomEvent("live:frames", { detail: actions.outerHTML }));
  } catch {
    timer = setTimeout(askActions, 5000, id);
  }
}
