/**
 * What a job's page shows to its viewer alone, such as buttons with their token, is in no frame. It
 * changes with the status, which is the panel's class.
 */

/** @type {number | undefined} */
let timer;
let asked = 0;

document.addEventListener("live:swapped", ({ target, detail: before }) => {
  if (!target.id.startsWith("panel-") || target.className === before.className) return;
  ask(target.id.slice("panel-".length));
});

/** @param {string} id */
async function ask(id) {
  clearTimeout(timer);
  const mine = ++asked;
  try {
    const answer = await fetch(`/jobs/${id}/own`, { headers: { Accept: "text/html" } });
    const html = await answer.text();
    if (answer.status >= 500) throw new Error(`${answer.status}`);
    // Who was signed out meanwhile is sent to another page.
    if (mine !== asked || !answer.ok || answer.redirected) return;
    document.dispatchEvent(new CustomEvent("live:frames", { detail: html }));
  } catch {
    timer = setTimeout(ask, 5000, id);
  }
}
