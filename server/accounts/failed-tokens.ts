/**
 * Limits requests with unknown API tokens, per network and in each web process. Nobody guesses a token
 * of 256 bits, but each try reads the database.
 */
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";

const windowMs = 600_000;
const maxFailures = 100;
const maxEntries = 10_000;

export interface FailedTokens {
  /** Whether the token is not worth a look: a token that was valid before always is. */
  isRefused(network: string, token: string): boolean;
  record(network: string, token: string, isValid: boolean): void;
  /** Seconds until the oldest failures of a network are forgotten. */
  readonly retryAfterSeconds: number;
}

export function createFailedTokens(now: () => number = Date.now): FailedTokens {
  const failures = new LRUCache<string, number>({
    max: maxEntries,
    ttl: windowMs,
    noUpdateTTL: true,
    ttlResolution: 0,
    perf: { now },
  });
  const valid = new LRUCache<string, true>({ max: maxEntries });
  const hash = (token: string) => createHash("sha256").update(token).digest("base64url");

  return {
    retryAfterSeconds: windowMs / 1_000,
    isRefused: (network, token) =>
      (failures.get(network) ?? 0) >= maxFailures && !valid.has(hash(token)),
    record(network, token, isValid) {
      if (isValid) valid.set(hash(token), true);
      else failures.set(network, (failures.get(network) ?? 0) + 1);
    },
  };
}
