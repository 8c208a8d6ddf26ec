/** Connections that run `copy … from stdin` like any other statement, so that it can be part of a transaction. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";

/** A statement that begins with this has one value: the chunks that it sends, an iterable of buffers. */
const copyMark = "copy ";

export function copyingClient(Client: typeof pg.Client): typeof pg.Client {
  return class extends Client {
    // The overloads of the base class have no common signature.
    override query(...args: unknown[]): never {
      const [text, values] = args;
      const query = super.query.bind(this) as (...args: unknown[]) => never;
      if (typeof text !== "string" || !text.startsWith(copyMark)) return query(...args);
      const [chunks] = values as [Iterable<Uint8Array>];
      const copy = query(copyFrom(text)) as ReturnType<typeof copyFrom>;
      // Each chunk is made while the server works on the last one.
      return pipeline(Readable.from(chunks, { objectMode: false }), copy).then(() => ({
        command: "COPY",
        rowCount: copy.rowCount,
        rows: [],
      })) as never;
    }
  };
}
