/**
 * On a job's page: shows the progress in the title and icon of the tab, and has a screen reader
 * announce each quarter.
 */
import { announce } from "../announce.js";

const jobId = document.body.dataset.topics
  ?.split(" ")
  .find((topic) => topic.startsWith("job:"))
  ?.slice("job:".length);
if (jobId) showProgress(jobId);

/** @param {string} id */
function showProgress(id) {
  const title = document.title;
  const name = title.slice(0, title.lastIndexOf(" · "));
  /** @type {HTMLLinkElement | null} */
  const icon = document.querySelector("link[rel=icon]");
  const plainIcon = icon?.href ?? "";
  let symbol = "";
  let announced = lastQuarter();

  document.addEventListener("live:swapped", update);
  update();

  // Does not wait for an animation frame: a tab in the background gets none.
  function update() {
    const percent = readPercent();
    const nextTitle = percent === undefined ? title : `(${Math.round(percent)}%) ${title}`;
    if (document.title !== nextTitle) document.title = nextTitle;
    updateIcon(nextSymbol(percent));
    const quarter = lastQuarter();
    if (quarter > announced) announce(`${name}: ${quarter} %`);
    announced = Math.max(announced, quarter);
  }

  /** @param {string} next */
  function updateIcon(next) {
    if (icon && next !== symbol) {
      icon.href = next ? `data:image/svg+xml,${encodeURIComponent(drawIcon(next))}` : plainIcon;
    }
    symbol = next;
  }

  /** @param {number | undefined} percent @returns {string} for {@link drawIcon}, empty for the plain icon */
  function nextSymbol(percent) {
    const panel = document.getElementById(`panel-${id}`);
    if (panel?.classList.contains("failed")) return "!";
    if (panel?.classList.contains("nothing-done")) return "–";
    if (panel?.matches(".done, .partly-done")) return "✓";
    // Rounded, so that the icon changes 20 times at most.
    return percent === undefined ? "" : String(Math.round(percent / 5) * 5);
  }

  /** @returns {number | undefined} undefined without a bar, or while the total is unknown */
  function readPercent() {
    /** @type {HTMLProgressElement | null} */
    const bar = document.querySelector(`#progress-${id} progress`);
    return bar && bar.position >= 0 ? bar.position * 100 : undefined;
  }

  /** @returns {number} the last quarter that was reached: 0, 25, 50 or 75 */
  function lastQuarter() {
    return Math.min(75, Math.floor((readPercent() ?? 0) / 25) * 25);
  }
}

/** @param {string} symbol "✓", "!", "–", or the progress in percent @returns {string} SVG */
function drawIcon(symbol) {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none">';
  if (symbol === "✓") return `${svg}${disc("#1c7440", "m7 12.5 3.5 3.5L17 9")}</svg>`;
  if (symbol === "–") return `${svg}${disc("#8f5a00", "M7 12h10")}</svg>`;
  if (symbol === "!") return `${svg}${disc("#b3261e", "M12 6v7m0 5v.01")}</svg>`;
  return `${svg}${ring("#9fb0e6", "100")}${ring("#3257c8", symbol)}</svg>`;
}

/** @param {string} color @param {string} path */
function disc(color, path) {
  return `<circle cx="12" cy="12" r="12" fill="${color}"/><path d="${path}" stroke="#fff" stroke-width="3" stroke-linecap="round"/>`;
}

/** @param {string} color @param {string} percent */
function ring(color, percent) {
  return `<circle cx="12" cy="12" r="9" stroke="${color}" stroke-width="6" pathLength="100" stroke-dasharray="${percent} 100" transform="rotate(-90 12 12)"/>`;
}
