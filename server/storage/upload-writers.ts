/** Lets one request at a time write an upload: the latest, because it is the one of a living client. */
import { randomUUID } from "node:crypto";
import type { Backend } from "../backend/backend.ts";

/** Another request continues the upload, or the client is wrong about its size. */
export class UploadConflict extends Error {
  override name = "UploadConflict";
}

export interface UploadWriter {
  /** Passes the chunks on until another request takes over. @throws UploadConflict, and errors of the source */
  guard(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined>;
  /** Must be called once nothing more is written. */
  end(): void;
}

/** Another process is noticed after this time; both write the same bytes until then. */
const ownerCheckMs = 1_000;

interface Entry {
  stop(): void;
  ended: Promise<void>;
}

/** @returns a function that makes the caller the only writer of an upload, once the one before has ended */
export function createUploadWriters({ db }: Pick<Backend, "db">) {
  /** The latest writer of each upload in this process. */
  const writers = new Map<string, Entry>();

  return async function takeOver(uploadId: string): Promise<UploadWriter> {
    const token = randomUUID();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    let isStopped = false;
    let onStop = () => {};
    const entry: Entry = {
      ended,
      stop() {
        isStopped = true;
        onStop();
      },
    };
    const before = writers.get(uploadId);
    writers.set(uploadId, entry);
    before?.stop();
    await before?.ended;

    async function isOwner(): Promise<boolean> {
      const row = await db
        .selectFrom("partial_uploads")
        .select("writer")
        .where("id", "=", uploadId)
        .executeTakeFirst();
      return row?.writer === token;
    }

    /** Waits for the next chunk, or for `stop`: a lost connection may give no chunk for a long time. */
    function next(source: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
      return new Promise((resolve, reject) => {
        onStop = () => reject(takenOver());
        if (isStopped) onStop();
        else source.next().then(resolve, reject);
      });
    }

    const writer: UploadWriter = {
      async *guard(chunks) {
        const source = chunks[Symbol.asyncIterator]();
        let checkedAt = performance.now();
        try {
          for (;;) {
            const read = await next(source);
            if (read.done) return;
            if (performance.now() - checkedAt > ownerCheckMs) {
              if (!(await isOwner())) throw takenOver();
              checkedAt = performance.now();
            }
            yield read.value;
          }
        } finally {
          // Not awaited: the source may still wait for a chunk.
          source.return?.().catch(() => {});
        }
      },
      end() {
        if (writers.get(uploadId) === entry) writers.delete(uploadId);
        end();
      },
    };
    try {
      const update = db.updateTable("partial_uploads").set({ writer: token });
      await update.where("id", "=", uploadId).execute();
      return writer;
    } catch (error) {
      writer.end();
      throw error;
    }
  };
}

function takenOver(): UploadConflict {
  return new UploadConflict("Another request continues this upload");
}
