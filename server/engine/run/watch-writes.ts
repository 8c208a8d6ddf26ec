import type { Storage } from "../../storage/storage.ts";

export interface WatchedStorage {
  storage: Storage;
  /** Whether anything was written through it: then there may be something to clean up. */
  readonly written: boolean;
}

export function watchWrites(storage: Storage): WatchedStorage {
  let written = false;
  return {
    storage: {
      ...storage,
      write(key, chunks) {
        written = true;
        return storage.write(key, chunks);
      },
    },
    get written() {
      return written;
    },
  };
}
