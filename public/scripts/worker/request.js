/** Asks the server for what the tabs watch, for a limited time. */
import { address } from "./tabs.js";

export class SignedOut extends Error {}

/**
 * @param {string} accept @param {Attempt} attempt
 * @param {string} [known] the tag of what all tabs have: the answer may then be 304, without a body
 * @throws {SignedOut} and where it fails
 */
export async function ask(accept, attempt, known) {
  const { signal } = attempt;
  const headers = { Accept: accept, ...(known && { "If-None-Match": known }) };
  const answer = await fetch(address(), { headers, cache: "no-store", signal });
  if (answer.status === 401) throw new SignedOut();
  if (answer.status === 304) return answer;
  const type = answer.headers.get("Content-Type") ?? "";
  if (!answer.ok || !type.startsWith(accept)) throw new Error(`${answer.status} ${type}`);
  return answer;
}

/**
 * A request that is given up when its time is up or, once the answer has begun, with `signal`. Not
 * before: Chromium forgets to close a connection that is given up while the first bytes are on
 * their way, and there are but six.
 * @typedef {ReturnType<typeof limited>} Attempt
 * @param {AbortSignal} signal @param {number} ms
 */
export function limited(signal, ms) {
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
