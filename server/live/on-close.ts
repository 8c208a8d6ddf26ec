import type { ServerResponse } from "node:http";

/** Runs at once where the browser left before, for nothing more is told of it then. */
export function onClose(response: ServerResponse, run: () => void): void {
  if (response.destroyed) run();
  else response.on("close", run);
}
