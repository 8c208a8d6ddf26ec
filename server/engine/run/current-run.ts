/** The run to which an error belongs that no promise and no caller brings back to it. */
import { AsyncLocalStorage } from "node:async_hooks";

/** Fails the run with this error. */
type FailRun = (error: unknown, how: "rejected" | "thrown") => void;

export const currentRun = new AsyncLocalStorage<FailRun>();

/**
 * Fails the run whose kind forgot to await a promise or to handle an event, instead of ending the process
 * with all jobs in it. Errors that belong to no run still end it.
 */
export function failRunsOnStrayErrors(onUnknown: (error: unknown) => void): void {
  process.on("unhandledRejection", (error) => {
    const fail = currentRun.getStore();
    if (fail) fail(error, "rejected");
    else onUnknown(error);
  });
  process.on("uncaughtException", (error) => {
    const fail = currentRun.getStore();
    if (fail) fail(error, "thrown");
    else onUnknown(error);
  });
}
