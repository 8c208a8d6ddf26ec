/** @import { ConnectionStatus } from "../protocol.d.ts" */

/** Shown only after so long without updates, seconds. */
const minStale = 3;
const mark = document.getElementById("live-indicator");

/** Says in the header how fresh the page is. @param {ConnectionStatus} status */
export function showConnection({ state, freshAt }) {
  const seconds = Math.round((Date.now() - freshAt) / 1000);
  const age = seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  if (state === "live") show("live", "Live");
  else if (state === "polling") show("polling", "Polling");
  else if (state === "ended") show("", "");
  else if (state === "signed-out") show("stale", "Signed out");
  else if (seconds >= minStale) show("stale", `No updates for ${age} · Reconnecting`);
}

/** @param {string} state for the stylesheet @param {string} text */
function show(state, text) {
  if (!mark || mark.textContent === text) return;
  mark.textContent = text;
  mark.dataset.state = state;
  mark.hidden = text === "";
}
