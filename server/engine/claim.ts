import type { Backend } from "../backend/backend.ts";
import type { JobRow } from "../backend/schema.ts";

/** Takes the best due job for this worker, or undefined where none may run now. */
export function claim({ queue }: Backend, workerId: string): Promise<JobRow | undefined> {
  return queue.claim(workerId);
}
