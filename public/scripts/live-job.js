/** On the page of one job: its title and icon, and the quarters that a screen reader is told. */
const topic = (document.body.dataset.topics ?? "")
  .split(" ")
  .find((each) => each.startsWith("job:"));
if (topic) watch(topic.slice("job:".length));

/** @param {string} id */
function watch(id) {
  const title = document.title;
  const name = title.slice(0, title.lastIndexOf(" · "));
  const icon = document.querySelector("link[rel=icon]");
  const plain = icon.href;
  let told = quarter();
  let drawn = "";

  document.addEventListener("live:swapped", update);
  update();

  // Nothing here waits for a frame to be painted, for a tab in the background paints none.
  function update() {
    const percent = percentNow();
    const shown = percent === undefined ? title : `(${Math.round(percent)}%) ${title}`;
    if (document.title !== shown) document.title = shown;
    const look = lookNow(percent);
    if (look !== drawn)
      icon.href = look ? `data:image/svg+xml,${encodeURIComponent(draw(look))}` : plain;
    drawn = look;
    const passed = quarter();
    if (passed > told) document.getElementById("announce").textContent = `${name}: ${passed} %`;
    told = Math.max(told, passed);
  }

  /** What the icon shows: how it ended, or how far it is, rounded so that it seldom changes. */
  function lookNow(percent) {
    const panel = document.getElementById(`panel-${id}`);
    if (panel?.matches(".done, .failed")) return panel.classList.contains("failed") ? "!" : "✓";
    return percent === undefined ? "" : String(Math.round(percent / 5) * 5);
  }

  /** @returns {number | undefined} while there is a bar with a known total */
  function percentNow() {
    const position = document.querySelector(`#progress-${id} progress`)?.position ?? -1;
    return position < 0 ? undefined : position * 100;
  }

  /** The last quarter that was passed: 0, 25, 50 or 75. */
  function quarter() {
    return Math.min(75, Math.floor((percentNow() ?? 0) / 25) * 25);
  }
}

/** @param {string} look "✓", "!", or how far it is in percent */
function draw(look) {
  const open = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none">';
  const disc = (colour, path) =>
    `<circle cx="12" cy="12" r="12" fill="${colour}"/><path d="${path}" stroke="#fff" stroke-width="3" stroke-linecap="round"/>`;
  const ring = (colour, dash) =>
    `<circle cx="12" cy="12" r="9" stroke="${colour}" stroke-width="6" pathLength="100" stroke-dasharray="${dash} 100" transform="rotate(-90 12 12)"/>`;
  if (look === "✓") return `${open}${disc("#1c7440", "m7 12.5 3.5 3.5L17 9")}</svg>`;
  if (look === "!") return `${open}${disc("#b3261e", "M12 6v7m0 5v.01")}</svg>`;
  return `${open}${ring("#9fb0e6", 100)}${ring("#3257c8", look)}</svg>`;
}
