import type { FileHandle } from "node:fs/promises";
import type { Chunks } from "../storage.ts";

const bufferSize = 256 * 1024;

/**
 * Writes chunks to a file through a buffer, because chunks may be as small as one row of a CSV file.
 * @returns the number of bytes written
 * @throws errors of the source and of the system
 */
export async function writeChunks(chunks: Chunks, file: FileHandle): Promise<number> {
  const buffer = Buffer.allocUnsafeSlow(bufferSize);
  let buffered = 0;
  let size = 0;
  for await (const chunk of chunks) {
    if (buffered + chunk.length > bufferSize) {
      await writeAll(file, buffer.subarray(0, buffered));
      buffered = 0;
    }
    if (chunk.length > bufferSize) await writeAll(file, chunk);
    else {
      buffer.set(chunk, buffered);
      buffered += chunk.length;
    }
    size += chunk.length;
  }
  await writeAll(file, buffer.subarray(0, buffered));
  return size;
}

/** A single write may be partial, for example on a disk that is nearly full. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
  }
}
