/** Backends that interrupt a run at a chosen transaction, as a shutdown or a lost worker does. */
import type { Backend } from "../../server/backend/backend.ts";
import { Stopped } from "../../server/engine/run/run.ts";

/** Asks the run to stop right after its n-th transaction, as a shutdown does. */
export function stopAfterWrites(backend: Backend, writes: number, abort: AbortController): Backend {
  let remaining = writes;
  return {
    ...backend,
    async write(work, options) {
      const result = await backend.write(work, options);
      if (--remaining === 0) abort.abort(new Stopped("shutdown"));
      return result;
    },
  };
}

/** Rolls back the n-th transaction and all later ones, as if the process was killed. */
export function failFromWrite(backend: Backend, writes: number): Backend {
  let remaining = writes;
  return {
    ...backend,
    write(work, options) {
      if (remaining > 0) remaining--;
      if (remaining > 0) return backend.write(work, options);
      return backend.write(async (tx) => {
        await work(tx);
        throw new Stopped("lost");
      }, options);
    },
  };
}
