import type { FileHandle } from "node:fs/promises";
import type { Chunks } from "../storage.ts";

const bufferSize = 256 * 1024;

/**
 * Writes chunks to a file in large pieces: a row of a CSV at a time would cost a system call each.
 * @returns the bytes written
 * @throws what the source or the system throws
 */
export async function pour(chunks: Chunks, file: FileHandle): Promise<number> {
  const buffer = Buffer.allocUnsafeSlow(bufferSize);
  let held = 0;
  let size = 0;
  for await (const chunk of chunks) {
    if (held + chunk.length > bufferSize) {
      await writeAll(file, buffer.subarray(0, held));
      held = 0;
    }
    if (chunk.length > bufferSize) await writeAll(file, chunk);
    else {
      buffer.set(chunk, held);
      held += chunk.length;
    }
    size += chunk.length;
  }
  await writeAll(file, buffer.subarray(0, held));
  return size;
}

/** One write may take less than it was given, on a disk that is about to be full. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
  }
}
