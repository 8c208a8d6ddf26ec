/**
 * Remembers the network errors of database connections. A kind may get the same codes from a service
 * of its own, which is no outage of ours.
 */
const connectionErrors = new WeakSet<Error>();

export function markConnectionError(error: Error): void {
  connectionErrors.add(error);
}

export function isConnectionError(error: Error): boolean {
  return connectionErrors.has(error);
}
