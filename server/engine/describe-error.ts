import { inspect } from "node:util";

const maxLength = 200;

/** @returns the message of an error for people; a sentence if a kind threw something else */
export function describeError(thrown: unknown): string {
  if (typeof thrown === "string") return thrown;
  if (!(thrown instanceof Error)) {
    const text = inspect(thrown, { depth: 2, breakLength: Number.POSITIVE_INFINITY });
    return `The kind threw ${text.slice(0, maxLength)}, which is no Error`;
  }
  const text = thrown.message || thrown.name;
  if (text !== "fetch failed" || !(thrown.cause instanceof Error)) return text;
  // `fetch` tells the cause nowhere else, and a failure of several addresses has only a code.
  const { message, code } = thrown.cause as NodeJS.ErrnoException;
  return `fetch failed: ${message || code}`;
}
