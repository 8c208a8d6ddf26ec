/** How long a runner may take to start: longer from attempt to attempt, for slow machines. */
export interface RunnerStartTimeout {
  /** For the next runner, ms. */
  readonly ms: number;
  /** A runner was ready after this time. */
  onStarted(ms: number): void;
  /** A runner was killed because it was not ready after this time. */
  onTimeout(ms: number): void;
}

/** A machine whose runners took long to start gets this multiple of their time. */
const factor = 2;

/**
 * @param minMs time for a machine that has shown nothing else
 * @param maxMs bounds the wait for a runner that hangs while it starts
 */
export function createRunnerStartTimeout({
  minMs = 40_000,
  maxMs = 600_000,
} = {}): RunnerStartTimeout {
  let allowedMs = minMs;
  const allow = (ms: number) => {
    allowedMs = Math.min(maxMs, Math.max(minMs, ms));
  };
  return {
    get ms() {
      return allowedMs;
    },
    // Without this, the runners of a slow machine would begin with the short time again.
    onStarted: (ms) => allow(ms * factor),
    // Several that started together are one attempt.
    onTimeout: (ms) => allow(Math.max(allowedMs, ms * factor)),
  };
}
