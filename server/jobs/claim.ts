import type { Backend } from "../backend/backend.ts";
import type { JobRow } from "../backend/schema.ts";
import { keepEvent } from "./transition.ts";

/** Takes the best due job for this worker, or undefined where none may run now. */
export async function claim(backend: Backend, workerId: string): Promise<JobRow | undefined> {
  return backend.write(async (write) => {
    const row = await backend.queue.claim(write, workerId);
    if (!row) return undefined;
    const fact =
      row.fence === 1
        ? { type: "started", message: "Started" }
        : { type: "continued", message: continued(row) };
    await keepEvent(write, row, { ...fact, details: { fence: row.fence } }, row.claimed_at!);
    return row;
  });
}

function continued(row: JobRow): string {
  if (row.reason === "retry") return `Retry ${row.retries} of ${row.max_retries} started`;
  return "Went on where it had stopped";
}
