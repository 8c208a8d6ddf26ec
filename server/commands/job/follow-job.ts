import { setTimeout as wait } from "node:timers/promises";
import type { Backend } from "../../backend/backend.ts";
import type { Catalog } from "../../catalog.ts";
import { createJobReader } from "../../engine/job-reader.ts";
import type { JobSummaryRow } from "../../engine/job-summary.ts";
import { isFinal } from "../../engine/status.ts";
import { countLiveWorkers } from "../../engine/worker-watch.ts";
import { type JobView, jobView } from "../../presenters/job.ts";
import type { JobDisplay } from "./job-display.ts";

/** Changes come as notifications, some of which get lost; elapsed times change without one. */
const maxIntervalMs = 1_000;
/** More updates a second could not be read. */
const minIntervalMs = 150;

/**
 * Shows a job until it has ended.
 * @param from number of the log line after which lines are shown
 * @param signal stops following; the job goes on
 * @returns the job as it was shown last
 */
export async function followJob(
  { backend, catalog }: { backend: Backend; catalog: Catalog },
  id: string,
  display: JobDisplay,
  { from = 0, signal }: { from?: number; signal: AbortSignal },
): Promise<JobView> {
  let isWorkerMissing = false;
  const reader = createJobReader({ backend, catalog, isWorkerMissing: () => isWorkerMissing });
  let changed = Promise.withResolvers<void>();
  const unsubscribe = backend.notifications.subscribe((ids) => {
    if (ids === "resync" || ids.includes(id)) changed.resolve();
  });
  let lastLine = from;
  let outputLength = 0;

  /** A run that goes on from its last checkpoint writes the text behind that again. */
  async function readOutput({ output_length }: JobSummaryRow): Promise<string> {
    outputLength = Math.min(outputLength, output_length);
    let text = "";
    if (outputLength < output_length) {
      for await (const piece of reader.wholeOutput(id, outputLength)) text += piece;
    }
    outputLength += text.length;
    return text;
  }

  try {
    for (;;) {
      changed = Promise.withResolvers();
      isWorkerMissing = (await countLiveWorkers(backend)) === 0;
      const [row] = await reader.summaries([id]);
      if (!row) throw new Error("The job was deleted");
      const steps = await reader.steps(id);
      const lines = await reader.logLines(id, { after: lastLine, limit: 1_000 });
      lastLine = lines.at(-1)?.seq ?? lastLine;
      const view = jobView(row, catalog.get(row.kind), steps, backend.now());
      display.update(view, lines, await readOutput(row));
      if ((isFinal(row.status) && lastLine >= row.log_seq) || signal.aborted) return view;
      await wait(minIntervalMs, undefined, { signal }).catch(() => {});
      const idle = wait(maxIntervalMs, undefined, { signal }).catch(() => {});
      await Promise.race([changed.promise, idle]);
    }
  } finally {
    unsubscribe();
  }
}
