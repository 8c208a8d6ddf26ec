import type { ByteSource } from "../../../server/job.ts";

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
      if (from < head.length) yield head.subarray(from);
      if (head.length < source.size) yield* source.read(Math.max(from, head.length));
    },
  };
}

/** @returns the source without what follows its first bytes */
export function onlyHead<Source extends ByteSource>(source: Source, head: Buffer): Source {
  return {
    ...source,
    async *read(from = 0) {
      if (from < head.length) yield head.subarray(from);
    },
  };
}
