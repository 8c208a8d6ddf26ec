/** Puts chunks of any size together, or takes them apart, so that each piece has about one size. */
export async function* inPieces(
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
      yield joined(waiting);
      waiting = [];
      bytes = 0;
    }
  }
  if (bytes > 0) yield joined(waiting);
}

function joined(parts: Uint8Array[]): Buffer {
  const [only] = parts;
  if (parts.length > 1 || !only) return Buffer.concat(parts);
  return Buffer.from(only.buffer, only.byteOffset, only.byteLength);
}
