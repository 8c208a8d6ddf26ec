import type { Storage } from "../../storage/storage.ts";

export interface WriteTracker {
  storage: Storage;
  /** Whether anything was written through it: then there may be something to clean up. */
  readonly written: boolean;
}

export function trackWrites(storage: Storage): WriteTracker {
  let written = false;
  return {
    storage: {
      ...storage,
      save(key, chunks) {
        written = true;
        return storage.save(key, chunks);
      },
    },
    get written() {
      return written;
    },
  };
}
