/**
 * The one event stream of this browser, for all of its tabs: HTTP/1.1 allows six connections to a
 * server, and a stream for each tab would take them all. It runs as a SharedWorker, which unlike
 * Web Locks is there on plain http too. Where a browser has none, the page loads this file as a
 * script and is its only tab.
 *
 * The stream is read with fetch and not with EventSource, which hides the status (a 401 has to end
 * it), the comments (their absence tells that a connection is dead) and `retry:`.
 *
 * A tab says {@link Tab} when it comes, when it is asked and when it was shown again, and "gone".
 * It is told `{ ask }`, `{ state, since }`, `{ hello }`, `{ frames }` and `{ added }`.
 *
 * @typedef {object} Tab
 * @property {string[]} topics
 * @property {Record<string, number>} after the last log line that it has, by job
 * @property {boolean} hidden
 * @property {boolean} [fresh] it may have missed something: send the current state
 *
 * @typedef {"live" | "polling" | "lost" | "ended" | "signed-out"} State
 */

const second = 1000;
const minute = 60 * second;
/** Without a hello by then, something between here and the server buffers or blocks the stream. */
const helloWithin = 3 * second;
/** The server says something each 15 s. */
const deadAfter = 40 * second;
/** A stream that is cut sooner does not work. */
const shortLife = 5 * second;
const answerWithin = 10 * second;
/** By this a tab knows that the worker lives, and the worker which tabs do. */
const askEvery = 5 * second;
const goneAfter = 12;
/** Proxies refuse addresses of more than 8 kB. */
const mostTopics = 150;

/** @type {Map<MessagePort, Tab & { silent: number }>} */
const tabs = new Map();
/** @type {State | undefined} */
let state;
/** When the server was last heard. */
let contact = Date.now();
let failures = 0;
/** When the stream is worth a try; until then there is polling. */
let streamAt = 0;
let probes = 0;
/** @type {AbortController | undefined} */
let current;
/** @type {number | undefined} */
let timer;
let due = Infinity;

class SignedOut extends Error {}

/** @param {MessagePort} port */
function join(port) {
  port.onmessage = ({ data }) => (data === "gone" ? leave(port) : hear(port, data));
}

/** @param {MessagePort} port @param {Tab} tab */
function hear(port, { fresh, ...tab }) {
  if (tabs.size === 0) contact = Date.now();
  const known = tabs.has(port);
  tabs.set(port, { ...tab, silent: 0 });
  if (known && !fresh) return;
  if (state) port.postMessage({ state, since: contact });
  // Each connection begins with the current state, and that is what this tab needs.
  reopen(50);
}

/** @param {MessagePort} port */
function leave(port) {
  const left = tabs.get(port);
  tabs.delete(port);
  if (tabs.size === 0) {
    state = undefined;
    return stop();
  }
  const watched = new Set([...tabs.values()].flatMap((tab) => tab.topics));
  // A while later, for most often the next page comes right behind.
  if (left?.topics.some((topic) => !watched.has(topic))) reopen(second);
}

// A tab may vanish without a word, or freeze: a frozen one answers late and is then taken in again.
setInterval(() => {
  for (const [port, tab] of tabs) {
    if (tab.silent++ < goneAfter) port.postMessage({ ask: true });
    else leave(port);
  }
}, askEvery);

addEventListener("online", () => {
  streamAt = 0;
  if (tabs.size > 0) reopen(0);
});

/** @param {number} wait ms; what is due sooner stands */
function reopen(wait) {
  if (due <= Date.now() + wait) return;
  clearTimeout(timer);
  due = Date.now() + wait;
  timer = setTimeout(() => {
    stop();
    current = new AbortController();
    follow(current.signal);
  }, wait);
}

function stop() {
  clearTimeout(timer);
  due = Infinity;
  current?.abort();
}

/** The ladder: the stream, and polling where that fails. @param {AbortSignal} signal */
async function follow(signal) {
  while (!signal.aborted) {
    const wait = Date.now() >= streamAt ? await stream(signal) : await poll(signal);
    await new Promise((resolve) => {
      setTimeout(resolve, wait);
      signal.addEventListener("abort", resolve, { once: true });
    });
  }
}

/** @param {AbortSignal} signal @returns {Promise<number>} ms to wait once it has ended */
async function stream(signal) {
  const attempt = limited(signal, helloWithin);
  let helloAt = 0;
  let retry = 0;
  try {
    const answer = await ask("text/event-stream", attempt);
    for await (const { event, data } of messages(answer)) {
      attempt.begun();
      if (signal.aborted) return 0;
      // While the server's database is away, hearing from the server is no news.
      if (!helloAt || state === "live") contact = Date.now();
      if (event === "hello") {
        helloAt = contact;
        tell("live");
      }
      if (helloAt) attempt.limit(deadAfter);
      if (event === "retry") retry = Number(data);
      else if (event === "bye" && data === "ended") return end("ended");
      else if (event === "bye") throw new SignedOut();
      else receive(event, data);
    }
  } catch (error) {
    if (error instanceof SignedOut) return end("signed-out");
  } finally {
    attempt.end();
  }
  if (signal.aborted) return 0;

  const worked = helloAt > 0 && Date.now() - helloAt > shortLife;
  failures = worked ? 0 : failures + 1;
  if (helloAt) probes = 0;
  if (failures > 1 || (attempt.expired && !helloAt)) {
    streamAt = Date.now() + (probes++ ? 5 * minute : minute);
    return 0;
  }
  tell("lost");
  return Math.max(backOff(failures), retry * (1 + Math.random() / 2));
}

/** @param {AbortSignal} signal @returns {Promise<number>} ms to wait before the next */
async function poll(signal) {
  const attempt = limited(signal, answerWithin);
  try {
    const answer = await ask("text/html", attempt);
    const frames = await answer.text();
    if (signal.aborted) return 0;
    deliver(frames);
    for (const id of answer.headers.get("X-New-Jobs")?.split(",") ?? []) receive("new", id);
    contact = Date.now();
    const seconds = Number(answer.headers.get("X-Poll-After") ?? 5);
    if (seconds === 0) return end("ended");
    tell("polling");
    const calm = [...tabs.values()].every((tab) => tab.hidden) ? 4 : 1;
    return seconds * second * calm * (1 + Math.random() / 4);
  } catch (error) {
    if (error instanceof SignedOut) return end("signed-out");
    if (signal.aborted) return 0;
    // It is not the stream that fails: begin with it again when the server is back.
    streamAt = probes = 0;
    tell("lost");
    return backOff(++failures);
  } finally {
    attempt.end();
  }
}

/** @param {string} accept @param {Attempt} attempt @throws {SignedOut} and where it fails */
async function ask(accept, attempt) {
  const { signal } = attempt;
  const answer = await fetch(address(), { headers: { Accept: accept }, cache: "no-store", signal });
  if (answer.status === 401) throw new SignedOut();
  const type = answer.headers.get("Content-Type") ?? "";
  if (!answer.ok || !type.startsWith(accept)) throw new Error(`${answer.status} ${type}`);
  return answer;
}

/** What all tabs watch, those that are seen first. */
function address() {
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

/**
 * Reads https://html.spec.whatwg.org/multipage/server-sent-events.html, and yields comments and
 * `retry:` too.
 * @param {Response} answer
 */
async function* messages(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let event = "";
  let data = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [, field, text = ""] = /^(\w*): ?(.*)/.exec(line) ?? [];
      if (field === "event") event = text;
      else if (field === "data") data += text;
      else if (field === "retry") yield { event: "retry", data: text };
      else if (field === "") yield { event: "comment", data: text };
      else if (line === "") {
        if (data) yield { event: event || "message", data };
        event = data = "";
      }
    }
  }
}

/** Hands an event to the tabs that it concerns. @param {string} event @param {string} data */
function receive(event, data) {
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

/** @param {string} frames */
function deliver(frames) {
  const lines = [...frames.matchAll(/ id="log-([\w-]+)-(\d+)"/g)];
  for (const [port, tab] of tabs) {
    for (const [, job, seq] of lines) {
      if (job in tab.after) tab.after[job] = Math.max(tab.after[job], Number(seq));
    }
    if (tab.topics.some((topic) => frames.includes(mentionOf(topic)))) port.postMessage({ frames });
  }
}

/** What stands in a frame for a topic. @param {string} topic */
function mentionOf(topic) {
  return topic.startsWith("jobs:") ? ' id="jobs-new"' : topic.slice(topic.indexOf(":") + 1);
}

/** @param {State} now */
function tell(now) {
  state = now;
  for (const port of tabs.keys()) port.postMessage({ state, since: contact });
}

/** @param {"ended" | "signed-out"} why */
function end(why) {
  tell(why);
  if (why === "signed-out") {
    tabs.clear();
    state = undefined;
  }
  stop();
  return 0;
}

/**
 * A request that is given up when its time is up or, once the answer has begun, with `signal`. Not
 * before: Chromium forgets to close a connection that is given up while the first bytes are on
 * their way, and there are but six.
 * @typedef {ReturnType<typeof limited>} Attempt
 * @param {AbortSignal} signal @param {number} ms
 */
function limited(signal, ms) {
  const own = new AbortController();
  const abort = () => own.abort();
  /** @type {number | undefined} */
  let timeout;
  const attempt = {
    signal: own.signal,
    expired: false,
    /** @param {number} wait ms from now */
    limit(wait) {
      clearTimeout(timeout);
      timeout = setTimeout(() => {
        attempt.expired = true;
        abort();
      }, wait);
    },
    begun() {
      if (signal.aborted) abort();
      signal.addEventListener("abort", abort);
    },
    end() {
      clearTimeout(timeout);
      signal.removeEventListener("abort", abort);
      abort();
    },
  };
  attempt.limit(ms);
  return attempt;
}

/** 0.5 s to 30 s, spread, so that browsers do not come back all at once. @param {number} times */
function backOff(times) {
  return Math.min(30 * second, second * 2 ** times) * (0.5 + Math.random() / 2);
}

if ("SharedWorkerGlobalScope" in self) self.onconnect = ({ ports: [port] }) => join(port);
else self.joinLive = join;
