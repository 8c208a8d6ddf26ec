import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { ZipFile } from "yazl";
import { type Manifest, type ManifestEntry, manifestName } from "./manifest.ts";

export interface ArchiveSource {
  name: string;
  /** Called when the archive reaches this entry. */
  read(): AsyncIterable<Uint8Array>;
}

/** Entries may have any size. The lowest level, because people work on the same machine. */
const options = { forceZip64Format: true, compress: true, compressionLevel: 1, mode: 0o100600 };

/**
 * A ZIP archive as a stream, with a manifest of sizes and hashes as its last entry. An archive that was
 * cut off has no table of contents and cannot be opened.
 * @throws during iteration: errors of the sources
 */
export async function* writeArchive(
  sources: Iterable<ArchiveSource>,
  backupAt: number,
): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const entries: ManifestEntry[] = [];
  zip.on("error", (error) => output.destroy(error as Error));

  function add(name: string, read: () => AsyncIterable<Uint8Array>): void {
    zip.addReadStreamLazy(name, options, (take) => {
      const reading = Readable.from(read(), { objectMode: false });
      reading.on("error", (error) => output.destroy(error));
      take(null, reading);
    });
  }

  for (const { name, read } of sources) add(name, () => listed(name, read(), entries));
  add(manifestName, async function* () {
    const manifest: Manifest = { format: 1, backupAt, entries };
    yield Buffer.from(JSON.stringify(manifest, null, 1));
  });
  zip.end();
  try {
    yield* output;
  } finally {
    output.destroy();
  }
}

/** Passes the chunks on, and lists the entry when they have ended. */
async function* listed(name: string, chunks: AsyncIterable<Uint8Array>, entries: ManifestEntry[]) {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    size += chunk.length;
    yield chunk;
  }
  entries.push({ name, size, sha256: hash.digest("hex") });
}
