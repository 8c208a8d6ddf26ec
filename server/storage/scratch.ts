import type { Scratch } from "../job.ts";
import type { Storage } from "./storage.ts";

/** The temporary files of one job. */
export function createScratch(storage: Storage, jobId: string): Scratch {
  const keyOf = (name: string) => `jobs/${jobId}/scratch/${name}`;
  return {
    write: async (name, chunks) => void (await storage.save(keyOf(name), chunks)),
    read: (name) => storage.read(keyOf(name)),
  };
}
