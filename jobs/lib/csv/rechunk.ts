/** Joins or splits chunks into pieces of `size` bytes; the last piece may be smaller. */
export async function* rechunk(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Buffer, void, undefined> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + size - bytes);
      waiting.push(part);
      bytes += part.length;
      at += part.length;
      if (bytes < size) continue;
      yield concat(waiting);
      waiting = [];
      bytes = 0;
    }
  }
  if (bytes > 0) yield concat(waiting);
}

function concat(parts: Uint8Array[]): Buffer {
  const [only] = parts;
  if (parts.length > 1 || !only) return Buffer.concat(parts);
  return Buffer.from(only.buffer, only.byteOffset, only.byteLength);
}
