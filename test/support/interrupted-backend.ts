/** Backends that fail a run at a chosen moment, as a shutdown or a lost worker does. */
import type { Backend } from "../../server/backend/backend.ts";
import { Stopped } from "../../server/engine/run/run.ts";

/** Asks the run to stop right behind its n-th transaction, as a worker does that shuts down. */
export function stopAfterWrites(backend: Backend, writes: number, abort: AbortController): Backend {
  let left = writes;
  return {
    ...backend,
    async write(work, options) {
      const result = await backend.write(work, options);
      if (--left === 0) abort.abort(new Stopped("shutdown"));
      return result;
    },
  };
}

/** The n-th transaction and all behind it come to nothing, as those of a process that is killed. */
export function failFromWrite(backend: Backend, writes: number): Backend {
  let left = writes;
  return {
    ...backend,
    write(work, options) {
      if (left > 0) left--;
      if (left > 0) return backend.write(work, options);
      return backend.write(async (tx) => {
        await work(tx);
        throw new Stopped("lost");
      }, options);
    },
  };
}
