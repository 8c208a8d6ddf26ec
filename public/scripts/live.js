/**
 * Joins this page to the stream that all tabs share (live-worker.js), passes on what comes as
 * events of the document, and says in the header how fresh the page is. What is done with it:
 * live-swap.js, live-log.js, live-job.js, live-own.js, live-ends.js, dashboard/.
 */
const { src } = document.currentScript;
const workerUrl = src.replace("app.js", "live-worker.js");
/** That of a list says since when it does not know of new jobs. */
const topics = (document.body.dataset.topics ?? "")
  .split(" ")
  .filter(Boolean)
  .map((topic) => (topic.startsWith("jobs:") ? `${topic}:${document.body.dataset.since}` : topic));

const mark = document.getElementById("live-mark");
/** @type {MessagePort | undefined} */
let port;
let alone = !("SharedWorker" in self);
/** @type {import("./worker/tabs.js").State | undefined} */
let state;
let since = Date.now();
let heardAt = Date.now();
let hiddenAt = 0;
let touched = false;
let outdated = false;

if (topics.length > 0) {
  open();
  // Out of the back/forward cache: what passed in the meantime is missing.
  addEventListener("pageshow", ({ persisted }) => persisted && open());
  addEventListener("pagehide", close);
  document.addEventListener("visibilitychange", () => (document.hidden ? hide() : show()));
  document.addEventListener("input", () => (touched = true));
  document.addEventListener("live:claim", ({ detail }) => port?.postMessage({ claim: detail }));
  document.addEventListener("live:watch", ({ detail }) => {
    topics.push(detail);
    tell({ fresh: true });
  });
  document.addEventListener("live:again", () => tell({ fresh: true }));
  setInterval(check, 1000);
}

function open() {
  close();
  port = alone ? ownPort() : sharedPort();
  port.onmessage = hear;
  heardAt = Date.now();
  tell({ fresh: true });
}

/** @returns {MessagePort} */
function sharedPort() {
  try {
    const worker = new SharedWorker(workerUrl);
    worker.onerror = goAlone;
    return worker.port;
  } catch {
    alone = true;
    return ownPort();
  }
}

function goAlone() {
  alone = true;
  open();
}

/** The worker's code in the page itself, behind a port all the same. */
function ownPort() {
  const { port1, port2 } = new MessageChannel();
  if (self.joinLive) self.joinLive(port2);
  else {
    const script = document.createElement("script");
    script.src = workerUrl;
    script.onload = () => self.joinLive(port2);
    document.head.append(script);
  }
  return port1;
}

function close() {
  port?.postMessage("gone");
  port?.close();
  port = undefined;
}

function tell(more = {}) {
  const jobs = topics.filter((topic) => topic.startsWith("job:")).map((topic) => topic.slice(4));
  const after = Object.fromEntries(jobs.map((job) => [job, lastLine(job)]));
  port?.postMessage({ topics, after, hidden: document.hidden, ...more });
}

/** @param {string} job @returns {number} of the last log line that it was told of, 0 for none */
function lastLine(job) {
  return Number(document.getElementById(`log-${job}`)?.dataset.last ?? 0);
}

/** @param {MessageEvent} event */
function hear({ data }) {
  heardAt = Date.now();
  if (data.ask) tell();
  if (data.frames) emit("live:frames", data.frames);
  if (data.added) emit("live:added", data.added);
  if (data.granted) emit("live:granted", data.granted);
  // "/app.js?v=3f1c9a02", which differs when the server was replaced by a newer one.
  if (data.hello) outdated = !src.endsWith(data.hello);
  if (data.state) {
    ({ state, since } = data);
    if (state === "signed-out") close();
    check();
  }
}

/** @param {string} name @param {string} detail */
function emit(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

function hide() {
  hiddenAt = Date.now();
  tell();
}

function show() {
  const long = Date.now() - hiddenAt > 10_000;
  if (!port) open();
  else tell({ fresh: long });
  check();
}

/** Once a second: the mark, and what waits for a good moment. */
function check() {
  const now = Date.now();
  const seconds = Math.round((now - since) / 1000);
  if (state === "live") say("live", "Live");
  else if (state === "polling") say("polling", "Polling");
  else if (state === "ended") say("", "");
  else if (state === "signed-out") say("stale", "Signed out");
  else if (seconds >= 100) say("stale", `Not updating since ${Math.round(seconds / 60)} min`);
  else if (seconds >= 3) say("stale", `Not updating since ${seconds} s`);

  if (state === "signed-out" && !document.hidden) reload();
  if (outdated && document.hidden && !touched) reload();
  // A tab that runs the stream by itself leaves the connection to others.
  if (alone && document.hidden && now - hiddenAt > 60_000) close();
  // The worker lives in the process of one of the tabs and crashed with it, for it asks each 5 s.
  if (!alone && !document.hidden && port && now - heardAt > 12_000) open();
}

/** @param {string} look @param {string} text */
function say(look, text) {
  if (!mark || mark.textContent === text) return;
  mark.textContent = text;
  mark.dataset.state = look;
  mark.hidden = text === "";
}

/** At most once a minute, whatever the server says. */
function reload() {
  if (Date.now() - Number(sessionStorage.getItem("reloaded")) < 60_000) return;
  sessionStorage.setItem("reloaded", String(Date.now()));
  location.reload();
}
