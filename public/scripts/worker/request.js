/** Requests the updates for all tabs, within a time limit. */
import { beginAnswer, livePath } from "./tabs.js";

export class SignedOutError extends Error {}

/**
 * @param {"text/event-stream" | "text/html"} type
 * @param {Deadline} deadline
 * @param {string} [etag] of the answer that all tabs have; the response may then be 304, with no body
 * @throws {SignedOutError} on 401
 * @throws {Error} if the server cannot be reached, or answers with another status or type
 */
export async function requestUpdates(type, deadline, etag) {
  const headers = { Accept: type, ...(etag && { "If-None-Match": etag }) };
  const { signal } = deadline;
  const path = livePath();
  beginAnswer();
  const response = await fetch(path, { headers, cache: "no-store", signal });
  if (response.status === 401) throw new SignedOutError();
  if (response.status === 304) return response;
  const contentType = response.headers.get("Content-Type") ?? "";
  if (!response.ok || !contentType.startsWith(type)) {
    throw new Error(`${response.status} ${contentType}`);
  }
  return response;
}

/**
 * Aborts a request when its time is up and, once `follow` was called, together with `signal`. Call
 * `follow` only after the response has begun: Chromium never closes a connection whose request is
 * aborted while the first bytes are on their way, and it has only six to a server.
 *
 * @typedef {ReturnType<typeof createDeadline>} Deadline
 * @param {AbortSignal} signal
 * @param {number} ms
 */
export function createDeadline(signal, ms) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  /** @type {number | undefined} */
  let timer;
  const deadline = {
    signal: controller.signal,
    expired: false,
    /** @param {number} ms from now */
    extend(ms) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        deadline.expired = true;
        abort();
      }, ms);
    },
    follow() {
      if (signal.aborted) abort();
      signal.addEventListener("abort", abort);
    },
    /** Ends the request, finished or not. */
    close() {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      abort();
    },
  };
  deadline.extend(ms);
  return deadline;
}
