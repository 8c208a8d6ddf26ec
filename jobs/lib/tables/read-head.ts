import type { ByteSource } from "../../../server/job.ts";

/**
 * The beginning of a file that a preview reads. The columns that occur in it are the first ones of the
 * table, so that a mapping that people chose for the preview fits the whole file.
 */
export const previewedBytes = 1_000_000;

/** The first bytes of a file. */
export async function readHead(source: ByteSource, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of source.read()) {
    // Copied, because a chunk is valid only until the next one is read.
    chunks.push(Buffer.from(chunk.subarray(0, bytes - length)));
    length += chunks.at(-1)!.length;
    if (length >= bytes) break;
  }
  return Buffer.concat(chunks);
}

/** @returns the source, which reads its first bytes from memory */
export function withHead<Source extends ByteSource>(source: Source, head: Buffer): Source {
  return {
    ...source,
    async *read(from = 0) {
      yield* pieces(head, from);
      if (head.length < source.size) yield* source.read(Math.max(from, head.length));
    },
  };
}

/** @returns the source without what follows its first bytes */
export function onlyHead<Source extends ByteSource>(source: Source, head: Buffer): Source {
  return {
    ...source,
    async *read(from = 0) {
      yield* pieces(head, from);
    },
  };
}

/** Small, because how far a table is read is known at the end of each. */
const pieceBytes = 16_384;

function* pieces(head: Buffer, from: number): Generator<Buffer> {
  for (let at = from; at < head.length; at += pieceBytes) yield head.subarray(at, at + pieceBytes);
}
