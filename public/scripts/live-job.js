/** On the page of one job: the title, what a screen reader is told, and the buttons. */
const [topic = "", ...others] = (document.body.dataset.topics ?? "").split(" ");
if (topic.startsWith("job:") && others.length === 0) watch(topic.slice("job:".length));

/** @param {string} id */
function watch(id) {
  const title = document.title;
  const name = title.slice(0, title.lastIndexOf(" · "));
  const announce = document.getElementById("announce");
  let told = quarter();
  let ended = isFinal();

  document.addEventListener("live:swapped", update);
  update();

  function update() {
    const percent = percentNow();
    const shown = percent === undefined ? title : `(${Math.round(percent)}%) ${title}`;
    if (document.title !== shown) document.title = shown;
    if (isFinal() && !ended) {
      const says = ["mark", "outcome"].map((part) => panel()?.querySelector(`.${part}`));
      const words = says.map((element) => element?.textContent.trim()).filter(Boolean);
      announce.textContent = `${name}: ${words.join(". ")}`;
    } else if (quarter() > told) announce.textContent = `${name}: ${quarter()} %`;
    told = Math.max(told, quarter());
    ended = isFinal();
  }

  function panel() {
    return document.getElementById(`panel-${id}`);
  }

  function isFinal() {
    return panel()?.matches(".succeeded, .failed, .cancelled") ?? false;
  }

  /** @returns {number | undefined} while there is a bar with a known total */
  function percentNow() {
    const position = document.querySelector(`#tick-${id} progress`)?.position ?? -1;
    return position < 0 ? undefined : position * 100;
  }

  /** The last quarter that was passed: 0, 25, 50 or 75. */
  function quarter() {
    return Math.min(75, Math.floor((percentNow() ?? 0) / 25) * 25);
  }
}

/**
 * The buttons carry the viewer's token and are in no frame; which there are depends on the status,
 * which is the panel's class.
 */
document.addEventListener("live:swapped", ({ target, detail: before }) => {
  if (!target.id.startsWith("panel-") || target.className === before.className) return;
  askActions(target.id.slice("panel-".length));
});

/** @type {number | undefined} */
let timer;
let asked = 0;

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
