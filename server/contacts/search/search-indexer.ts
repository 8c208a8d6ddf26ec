/** Indexes contacts soon after a job of this worker; a maintenance task indexes those of lost workers. */
import type { Backend } from "../../backend/backend.ts";
import type { WorkerMetric } from "../../engine/job-lifecycle.ts";
import type { Log } from "../../log.ts";
import { indexContacts } from "./index-contacts.ts";

export interface SearchIndexer {
  /** Starts to index when a job has stopped running. */
  onMetric(metric: WorkerMetric): void;
  /** Resolves when a started transaction has ended. */
  stop(): Promise<void>;
}

export function createSearchIndexer({
  backend,
  log,
}: {
  backend: Backend;
  log: Log;
}): SearchIndexer {
  const abort = new AbortController();
  let running: Promise<void> | undefined;
  let again = false;

  async function run(): Promise<void> {
    do {
      again = false;
      await indexContacts(backend, abort.signal).catch((error) =>
        log.warn({ err: error }, "contacts could not be indexed; the maintenance task tries again"),
      );
    } while (again && !abort.signal.aborted);
    running = undefined;
  }

  return {
    onMetric(metric) {
      if (metric.type !== "lifecycle" || abort.signal.aborted) return;
      const { status } = metric.event;
      if (status === "queued" || status === "running") return;
      again = true;
      running ??= run();
    },
    async stop() {
      abort.abort();
      await running;
    },
  };
}
