/**
 * Reads the one event stream of this browser for all of its tabs: HTTP/1.1 allows six connections
 * to a server, and a stream for each tab would use them up. Runs as a SharedWorker, which unlike
 * Web Locks exists on plain http too. A browser without SharedWorker loads this file as a script of
 * the page, which is then its only tab.
 *
 * Reads the stream with fetch, because EventSource hides the status (401 must end the stream), the
 * comments (their absence shows a dead connection) and `retry:`.
 *
 * @import { FinishedJob, PageMessage, TabReport } from "./protocol.d.ts"
 */
import { reconnect, retryNow, stop } from "./worker/connection.js";
import { send, status, tabs } from "./worker/tabs.js";

const pingInterval = 5000;
/** A tab that answers none of so many pings has vanished, or is frozen and joins again later. */
const maxMissedPings = 12;

/** The jobs whose sound was played in one of the tabs. @type {Set<string>} */
const playedSounds = new Set();

/** @param {MessagePort} port */
function connect(port) {
  port.onmessage = ({ data }) => receive(port, data);
}

/** @param {MessagePort} port @param {PageMessage} message */
function receive(port, message) {
  if (message.type === "close") removeTab(port);
  else if (message.type === "claim-sound") grantSound(port, message.job);
  else updateTab(port, message);
}

/** @param {MessagePort} port @param {TabReport} report */
function updateTab(port, { topics, after, hidden, resync }) {
  if (tabs.size === 0) status.freshAt = Date.now();
  const isNew = !tabs.has(port);
  const isResyncing = isNew || resync || tabs.get(port)?.isResyncing === true;
  tabs.set(port, { topics, after, hidden, missedPings: 0, isResyncing });
  if (!isNew && !resync) return;
  if (status.state) send(port, { type: "status", ...status });
  // Each connection begins with the current state, which this tab needs.
  reconnect(50);
}

/** @param {MessagePort} port @param {FinishedJob} job */
function grantSound(port, job) {
  if (playedSounds.has(job.id)) return;
  playedSounds.add(job.id);
  send(port, { type: "play-sound", job });
}

/** @param {MessagePort} port */
function removeTab(port) {
  const removed = tabs.get(port);
  tabs.delete(port);
  if (tabs.size === 0) return stop();
  const watched = new Set([...tabs.values()].flatMap((tab) => tab.topics));
  // A second later, because usually the next page of this tab joins at once.
  if (removed?.topics.some((topic) => !watched.has(topic))) reconnect(1000);
}

setInterval(() => {
  for (const [port, tab] of tabs) {
    if (tab.missedPings++ < maxMissedPings) send(port, { type: "ping" });
    else removeTab(port);
  }
}, pingInterval);

addEventListener("online", () => tabs.size > 0 && retryNow());

if ("SharedWorkerGlobalScope" in self) {
  addEventListener("connect", ({ ports: [port] }) => port && connect(port));
} else self.connectLiveWorker = connect;
