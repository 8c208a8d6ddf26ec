/**
 * The one event stream of this browser, for all of its tabs: HTTP/1.1 allows six connections to a
 * server, and a stream for each tab would take them all. It runs as a SharedWorker, which unlike
 * Web Locks is there on plain http too. Where a browser has none, the page loads this file as a
 * script and is its only tab.
 *
 * The stream is read with fetch and not with EventSource, which hides the status (a 401 has to end
 * it), the comments (their absence tells that a connection is dead) and `retry:`.
 */
import { reopen, stop, tryAgain } from "./worker/connection.js";
import { known, tabs } from "./worker/tabs.js";

/** @typedef {import("./worker/tabs.js").Tab} Tab */

/** By this a tab knows that the worker lives, and the worker which tabs do. */
const askEvery = 5000;
const goneAfter = 12;

/** @param {MessagePort} port */
function join(port) {
  port.onmessage = ({ data }) => (data === "gone" ? leave(port) : hear(port, data));
}

/** Jobs whose end was heard in one of the tabs. @type {Set<string>} */
const heard = new Set();

/** @param {MessagePort} port @param {Tab} tab */
function hear(port, { fresh, claim, ...tab }) {
  if (claim) return grant(port, claim);
  if (tabs.size === 0) known.since = Date.now();
  const isKnown = tabs.has(port);
  tabs.set(port, { ...tab, silent: 0 });
  if (isKnown && !fresh) return;
  if (known.state) port.postMessage(known);
  // Each connection begins with the current state, and that is what this tab needs.
  reopen(50);
}

/** One tab alone plays the sound. @param {MessagePort} port @param {{ id: string }} claim */
function grant(port, claim) {
  if (heard.has(claim.id)) return;
  heard.add(claim.id);
  port.postMessage({ granted: claim });
}

/** @param {MessagePort} port */
function leave(port) {
  const left = tabs.get(port);
  tabs.delete(port);
  if (tabs.size === 0) return stop();
  const watched = new Set([...tabs.values()].flatMap((tab) => tab.topics));
  // A while later, for most often the next page comes right behind.
  if (left?.topics.some((topic) => !watched.has(topic))) reopen(1000);
}

// A tab may vanish without a word, or freeze: a frozen one answers late and is then taken in again.
setInterval(() => {
  for (const [port, tab] of tabs) {
    if (tab.silent++ < goneAfter) port.postMessage({ ask: true });
    else leave(port);
  }
}, askEvery);

addEventListener("online", () => tabs.size > 0 && tryAgain());

if ("SharedWorkerGlobalScope" in self) self.onconnect = ({ ports: [port] }) => join(port);
else self.joinLive = join;
