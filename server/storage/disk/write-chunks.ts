import type { FileHandle } from "node:fs/promises";
import type { Chunks } from "../storage.ts";

const bufferSize = 256 * 1024;

/**
 * Writes chunks to a file through a buffer, because chunks may be as small as one row of a CSV file.
 * @param from position of the first byte
 * @returns the number of bytes written
 * @throws errors of the source and of the system
 */
export async function writeChunks(chunks: Chunks, file: FileHandle, from = 0): Promise<number> {
  const buffer = Buffer.allocUnsafeSlow(bufferSize);
  let buffered = 0;
  let written = 0;
  async function write(bytes: Uint8Array): Promise<void> {
    await writeAll(file, bytes, from + written);
    written += bytes.length;
  }
  for await (const chunk of chunks) {
    if (buffered + chunk.length > bufferSize) {
      await write(buffer.subarray(0, buffered));
      buffered = 0;
    }
    if (chunk.length > bufferSize) await write(chunk);
    else {
      buffer.set(chunk, buffered);
      buffered += chunk.length;
    }
  }
  await write(buffer.subarray(0, buffered));
  return written;
}

/** A single write may be partial, for example on a disk that is nearly full. */
async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  }
}
