import type { Scratch } from "../job.ts";
import type { Storage } from "./storage.ts";

/** The working files of one job, read in pieces as large as the storage gives them. */
export function scratchOf(storage: Storage, jobId: string): Scratch {
  const keyOf = (name: string) => `jobs/${jobId}/scratch/${name}`;
  return {
    write: async (name, chunks) => void (await storage.write(keyOf(name), chunks)),
    read: (name) => storage.read(keyOf(name)),
  };
}
