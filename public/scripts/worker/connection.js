/** The one connection: an event stream, and polling where that fails. */
import { messages } from "./messages.js";
import { ask, limited, SignedOut } from "./request.js";
import { deliver, known, receive, tabs, tell } from "./tabs.js";

const second = 1000;
const minute = 60 * second;
/** Without a hello by then, something between here and the server buffers or blocks the stream. */
const helloWithin = 3 * second;
/** The server says something each 15 s. */
const deadAfter = 40 * second;
/** A stream that is cut sooner does not work. */
const shortLife = 5 * second;
const answerWithin = 10 * second;

let failures = 0;
/** When the stream is worth a try; until then there is polling. */
let streamAt = 0;
let probes = 0;
/** Names what the last poll brought; empty where a tab may have missed it. */
let shown = "";
/** @type {AbortController | undefined} */
let current;
/** @type {number | undefined} */
let timer;
let due = Infinity;

/** @param {number} wait ms; what is due sooner stands */
export function reopen(wait) {
  if (due <= Date.now() + wait) return;
  clearTimeout(timer);
  due = Date.now() + wait;
  timer = setTimeout(() => {
    due = Infinity;
    current?.abort();
    current = new AbortController();
    shown = "";
    follow(current.signal);
  }, wait);
}

/** There is a network again: whatever failed is worth a try. */
export function tryAgain() {
  streamAt = 0;
  reopen(0);
}

export function stop() {
  clearTimeout(timer);
  due = Infinity;
  current?.abort();
  known.state = undefined;
}

/** @param {AbortSignal} signal */
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
      if (!helloAt || known.state === "live") known.since = Date.now();
      if (event === "hello") {
        helloAt = known.since;
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
    const answer = await ask("text/html", attempt, shown);
    const frames = await answer.text();
    if (signal.aborted) return 0;
    shown = answer.headers.get("ETag") ?? "";
    deliver(frames);
    for (const id of answer.headers.get("X-New-Jobs")?.split(",") ?? []) receive("new", id);
    known.since = Date.now();
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

/** @param {"ended" | "signed-out"} why */
function end(why) {
  tell(why);
  if (why === "signed-out") {
    tabs.clear();
    stop();
  }
  // A tab that has just come waits for a connection of its own.
  else current?.abort();
  return 0;
}

/** 0.5 s to 30 s, spread, so that browsers do not come back all at once. @param {number} times */
function backOff(times) {
  return Math.min(30 * second, second * 2 ** times) * (0.5 + Math.random() / 2);
}
