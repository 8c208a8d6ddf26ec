/**
 * The tabs: what they watch, and what they are told.
 *
 * A tab says {@link Tab} when it comes, when it is asked and when it was shown again, `{ claim }` when
 * it would play a sound, and "gone". It is told `{ ask }`, `{ state, since }`, `{ hello }`,
 * `{ frames }`, `{ added }` and `{ granted }`.
 *
 * @typedef {object} Tab
 * @property {string[]} topics
 * @property {Record<string, number>} after the last log line that it has, by job
 * @property {boolean} hidden
 * @property {boolean} [fresh] it may have missed something: send the current state
 *
 * @typedef {"live" | "polling" | "lost" | "ended" | "signed-out"} State
 */

/** Proxies refuse addresses of more than 8 kB. */
const mostTopics = 150;

/** @type {Map<MessagePort, Tab & { silent: number }>} */
export const tabs = new Map();
/** @type {{ state?: State, since: number }} `since`: when the server was last heard */
export const known = { since: Date.now() };

/** @param {State} state */
export function tell(state) {
  known.state = state;
  for (const port of tabs.keys()) port.postMessage(known);
}

/** What all tabs watch, those that are seen first. */
export function address() {
  /** @type {Set<string>} */
  const topics = new Set();
  /** @type {Map<string, number>} */
  const after = new Map();
  for (const tab of [...tabs.values()].sort((a, b) => Number(a.hidden) - Number(b.hidden))) {
    for (const topic of tab.topics) topics.add(topic);
    for (const [job, seq] of Object.entries(tab.after)) {
      after.set(job, Math.min(seq, after.get(job) ?? seq));
    }
  }
  const cursors = [...after].map((pair) => pair.join(":")).join(",");
  return `/live?topics=${[...topics].slice(0, mostTopics)}${cursors && `&after=${cursors}`}`;
}

/** Hands an event to the tabs that it concerns. @param {string} event @param {string} data */
export function receive(event, data) {
  if (event === "message") deliver(data);
  else if (event === "lines") deliver(data.slice(data.indexOf("<")));
  else if (event === "hello") for (const port of tabs.keys()) port.postMessage({ hello: data });
  else if (event === "stale") tell("lost");
  else if (event === "fresh") tell("live");
  else if (event === "new") {
    for (const [port, { topics }] of tabs) {
      if (topics.some((topic) => topic.startsWith("jobs:"))) port.postMessage({ added: data });
    }
  }
}

/** What frames of a topic name: the job, or which list's counts. @param {string} topic */
function subjectOf(topic) {
  const [kind, subject] = topic.split(":");
  return kind === "jobs" ? `counts-${subject}` : subject;
}

/** @param {string} frames */
export function deliver(frames) {
  const lines = [...frames.matchAll(/ id="log-([\w-]+)-(\d+)"/g)];
  for (const [port, tab] of tabs) {
    for (const [, job, seq] of lines) {
      if (job in tab.after) tab.after[job] = Math.max(tab.after[job], Number(seq));
    }
    if (tab.topics.some((topic) => frames.includes(subjectOf(topic)))) port.postMessage({ frames });
  }
}
