/**
 * Connects this page to live-worker.js, which reads the event stream for all tabs, and dispatches
 * its messages as events of the document. The other files of this folder react to them.
 *
 * @import { ConnectionStatus, FinishedJob, WorkerMessage } from "../protocol.d.ts"
 */
import { showConnection } from "./connection-mark.js";
import { dispatch } from "./events.js";
import { appUrl, connectWorker, isAlone } from "./worker-port.js";

/** The worker pings every 5 s. If it does not, it has crashed with the tab in whose process it ran. */
const workerTimeout = 12_000;
/** After so long in the background, a tab that reads the stream by itself closes it, ms. */
const hiddenTimeout = 60_000;
/** A tab that was hidden for longer asks for the current state, ms. */
const maxHiddenGap = 10_000;

const topics = readTopics();
/** @type {MessagePort | undefined} */
let port;
/** @type {ConnectionStatus} */
let status = { state: undefined, freshAt: Date.now() };
let heardAt = Date.now();
let hiddenAt = 0;
/** Whether the person typed something that a reload would lose. */
let hasInput = false;
let isOutdated = false;

if (topics.length > 0) {
  open();
  // A page that returns from the back/forward cache has missed updates.
  addEventListener("pageshow", ({ persisted }) => persisted && open());
  addEventListener("pagehide", close);
  document.addEventListener("visibilitychange", () => (document.hidden ? onHide() : onShow()));
  document.addEventListener("input", () => {
    hasInput = true;
  });
  document.addEventListener("live:subscribe", ({ detail: topic }) => {
    topics.push(topic);
    resync();
  });
  setInterval(check, 1000);
}

/** Adds to the topic of a list when its page was rendered, so that newer jobs are announced. @returns {string[]} */
function readTopics() {
  const { topics = "", since } = document.body.dataset;
  return topics
    .split(" ")
    .filter(Boolean)
    .map((topic) => (topic.startsWith("jobs:") ? `${topic}:${since}` : topic));
}

function open() {
  close();
  port = connectWorker(open);
  port.onmessage = ({ data }) => receive(data);
  heardAt = Date.now();
  resync();
}

function close() {
  port?.postMessage({ type: "close" });
  port?.close();
  port = undefined;
}

/** Asks for the current state of all topics, with the log lines that this page does not have. */
export function resync() {
  report(true);
}

/** Asks to be the tab that plays the sound for a job. @param {FinishedJob} job */
export function claimSound(job) {
  port?.postMessage({ type: "claim-sound", job });
}

function report(resync = false) {
  const jobs = topics.filter((topic) => topic.startsWith("job:")).map((topic) => topic.slice(4));
  const after = Object.fromEntries(jobs.map((job) => [job, lastLine(job)]));
  port?.postMessage({ type: "report", topics, after, hidden: document.hidden, resync });
}

/** @param {string} job @returns {number} the last log line that the page has received, 0 for none */
function lastLine(job) {
  return Number(document.getElementById(`log-${job}`)?.dataset.lastLine ?? 0);
}

/** @param {WorkerMessage} message */
function receive(message) {
  heardAt = Date.now();
  switch (message.type) {
    case "ping":
      return report();
    case "frames":
      return dispatch("live:frames", message.html);
    case "job-created":
      return dispatch("live:job-created", message.id);
    case "play-sound":
      return dispatch("live:play-sound", message.job);
    case "version":
      // The server was replaced by a newer one.
      isOutdated = !appUrl.endsWith(message.script);
      return;
    case "status":
      status = message;
      if (status.state === "signed-out") close();
      check();
  }
}

function onHide() {
  hiddenAt = Date.now();
  report();
}

function onShow() {
  if (!port) open();
  else report(Date.now() - hiddenAt > maxHiddenGap);
  check();
}

/** Runs each second. */
function check() {
  const now = Date.now();
  showConnection(status);
  if (status.state === "signed-out" && !document.hidden) reload();
  if (isOutdated && document.hidden && !hasInput) reload();
  if (isAlone() && document.hidden && now - hiddenAt > hiddenTimeout) close();
  if (!isAlone() && !document.hidden && port && now - heardAt > workerTimeout) open();
}

/** Reloads the page at most once a minute, even if the server keeps asking for it. */
function reload() {
  if (Date.now() - Number(sessionStorage.getItem("reloaded")) < 60_000) return;
  sessionStorage.setItem("reloaded", String(Date.now()));
  location.reload();
}
