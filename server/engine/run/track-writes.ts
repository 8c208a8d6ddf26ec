import type { Storage } from "../../storage/storage.ts";

export interface WriteTracker {
  storage: Storage;
  /** Whether a file was saved through `storage`. */
  readonly written: boolean;
}

/** Wraps a storage to find out whether a run saved files, which then need a cleanup. */
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
