/** The one connection to the server: an event stream, and polling where streams do not work. */
import { readEvents } from "./event-stream.js";
import { createDeadline, requestUpdates, SignedOutError } from "./request.js";
import { handleEvent, sendCreatedJob, sendFrames, setState, status, tabs } from "./tabs.js";

const second = 1000;
const minute = 60 * second;
/** Without a hello in this time, a proxy buffers or blocks the stream. */
const helloTimeout = 3 * second;
/** The server sends something at least every 15 s. */
const silenceTimeout = 40 * second;
/** A stream that is cut sooner does not work. */
const minStreamLife = 5 * second;
const pollTimeout = 10 * second;

let failures = 0;
/** When to try the stream again; until then the connection polls. */
let streamRetryAt = 0;
let streamRetries = 0;
/** The ETag of the last poll; empty if a tab may have missed its answer. */
let etag = "";
/** @type {AbortController | undefined} */
let current;
/** @type {number | undefined} */
let timer;
let reconnectAt = Infinity;

/** Begins a new connection, unless one is due sooner. @param {number} delay ms */
export function reconnect(delay) {
  if (reconnectAt <= Date.now() + delay) return;
  clearTimeout(timer);
  reconnectAt = Date.now() + delay;
  timer = setTimeout(() => {
    reconnectAt = Infinity;
    current?.abort();
    current = new AbortController();
    etag = "";
    run(current.signal);
  }, delay);
}

/** Connects at once, because the network is back. */
export function retryNow() {
  streamRetryAt = 0;
  reconnect(0);
}

export function stop() {
  clearTimeout(timer);
  reconnectAt = Infinity;
  current?.abort();
  status.state = undefined;
}

/** @param {AbortSignal} signal */
async function run(signal) {
  while (!signal.aborted) {
    const wait = Date.now() >= streamRetryAt ? await stream(signal) : await poll(signal);
    await new Promise((resolve) => {
      setTimeout(resolve, wait);
      signal.addEventListener("abort", resolve, { once: true });
    });
  }
}

/** @param {AbortSignal} signal @returns {Promise<number>} ms to wait after its end */
async function stream(signal) {
  const deadline = createDeadline(signal, helloTimeout);
  let helloAt = 0;
  let retry = 0;
  try {
    const response = await requestUpdates("text/event-stream", deadline);
    for await (const { event, data } of readEvents(response)) {
      deadline.follow();
      if (signal.aborted) return 0;
      // While its database is away, the server sends comments, but no fresh data.
      if (!helloAt || status.state === "live") status.freshAt = Date.now();
      if (event === "hello") {
        helloAt = status.freshAt;
        setState("live");
      }
      if (helloAt) deadline.extend(silenceTimeout);
      if (event === "retry") retry = Number(data);
      else if (event === "bye" && data === "ended") return end("ended");
      else if (event === "bye") throw new SignedOutError();
      else handleEvent(event, data);
    }
  } catch (error) {
    if (error instanceof SignedOutError) return end("signed-out");
  } finally {
    deadline.close();
  }
  if (signal.aborted) return 0;

  const worked = helloAt > 0 && Date.now() - helloAt > minStreamLife;
  failures = worked ? 0 : failures + 1;
  if (helloAt) streamRetries = 0;
  if (failures > 1 || (deadline.expired && !helloAt)) {
    streamRetryAt = Date.now() + (streamRetries++ ? 5 * minute : minute);
    return 0;
  }
  setState("lost");
  return Math.max(backoff(failures), retry * (1 + Math.random() / 2));
}

/** @param {AbortSignal} signal @returns {Promise<number>} ms to wait before the next poll */
async function poll(signal) {
  const deadline = createDeadline(signal, pollTimeout);
  try {
    const response = await requestUpdates("text/html", deadline, etag);
    const html = await response.text();
    if (signal.aborted) return 0;
    etag = response.headers.get("ETag") ?? "";
    sendFrames(html);
    response.headers.get("X-New-Jobs")?.split(",").forEach(sendCreatedJob);
    status.freshAt = Date.now();
    const seconds = Number(response.headers.get("X-Poll-After") ?? 5);
    if (seconds === 0) return end("ended");
    setState("polling");
    const slowdown = [...tabs.values()].every((tab) => tab.hidden) ? 4 : 1;
    return seconds * second * slowdown * (1 + Math.random() / 4);
  } catch (error) {
    if (error instanceof SignedOutError) return end("signed-out");
    if (signal.aborted) return 0;
    // The server is away, not only its streams: begin with a stream when it is back.
    streamRetryAt = streamRetries = 0;
    setState("lost");
    return backoff(++failures);
  } finally {
    deadline.close();
  }
}

/** @param {"ended" | "signed-out"} state @returns {number} ms to wait: none */
function end(state) {
  setState(state);
  if (state === "signed-out") {
    tabs.clear();
    stop();
  } else {
    // Not `stop`, which would cancel the connection that a newly joined tab waits for.
    current?.abort();
  }
  return 0;
}

/** @param {number} attempts @returns {number} 0.5 s to 30 s, spread so that browsers do not return all at once */
function backoff(attempts) {
  return Math.min(30 * second, second * 2 ** attempts) * (0.5 + Math.random() / 2);
}
