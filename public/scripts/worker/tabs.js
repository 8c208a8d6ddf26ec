/**
 * The tabs that this worker serves: their topics, and the messages to them.
 *
 * @import { ConnectionState, ConnectionStatus, TabReport, WorkerMessage } from "../protocol.d.ts"
 * @typedef {Omit<TabReport, "resync"> & { missedPings: number, isResyncing: boolean }} Tab
 */

/** Proxies refuse addresses of more than 8 kB. */
const maxTopics = 150;

/** @type {Map<MessagePort, Tab>} */
export const tabs = new Map();
/** @type {ConnectionStatus} */
export const status = { state: undefined, freshAt: Date.now() };

/** @param {MessagePort} port @param {WorkerMessage} message */
export function send(port, message) {
  port.postMessage(message);
}

/** @param {WorkerMessage} message */
function broadcast(message) {
  for (const port of tabs.keys()) send(port, message);
}

/** @param {ConnectionState} state */
export function setState(state) {
  status.state = state;
  broadcast({ type: "status", ...status });
}

/** A connection begins, whose answer has the lines after the cursors of all tabs. */
export function beginAnswer() {
  for (const tab of tabs.values()) tab.isResyncing = false;
}

/** @returns {string} the path with the topics of all tabs, those of visible tabs first */
export function livePath() {
  /** @type {Set<string>} */
  const topics = new Set();
  /** @type {Map<string, number>} */
  const after = new Map();
  for (const tab of [...tabs.values()].sort((a, b) => Number(a.hidden) - Number(b.hidden))) {
    for (const topic of tab.topics) topics.add(topic);
    for (const [job, line] of Object.entries(tab.after)) {
      after.set(job, Math.min(line, after.get(job) ?? line));
    }
  }
  const cursors = [...after].map((pair) => pair.join(":")).join(",");
  return `/live?topics=${[...topics].slice(0, maxTopics)}${cursors && `&after=${cursors}`}`;
}

/** Passes an event of the stream on to the tabs that it concerns. @param {string} event @param {string} data */
export function handleEvent(event, data) {
  if (event === "message") sendFrames(data);
  else if (event === "lines") sendFrames(data.slice(data.indexOf("<")));
  else if (event === "hello") broadcast({ type: "version", script: data });
  else if (event === "stale") setState("lost");
  else if (event === "fresh") setState("live");
  else if (event === "new") sendCreatedJob(data);
}

/** @param {string} id */
export function sendCreatedJob(id) {
  for (const [port, { topics }] of tabs) {
    if (topics.some((topic) => topic.startsWith("jobs:"))) send(port, { type: "job-created", id });
  }
}

/** @param {string} html */
export function sendFrames(html) {
  const lines = [...html.matchAll(/ id="log-([\w-]+)-(\d+)"/g)];
  for (const [port, tab] of tabs) {
    for (const [, job = "", line] of lines) {
      const last = tab.after[job];
      // A tab that resyncs may drop these lines, because it lacks those before them.
      if (last !== undefined && !tab.isResyncing) tab.after[job] = Math.max(last, Number(line));
    }
    if (tab.topics.some((topic) => html.includes(idPartOf(topic)))) {
      send(port, { type: "frames", html });
    }
  }
}

/** The part of a frame's id that names its topic: the job's id, or "counts-mine". @param {string} topic */
function idPartOf(topic) {
  const [type, subject = ""] = topic.split(":");
  return type === "jobs" ? `counts-${subject}` : subject;
}
