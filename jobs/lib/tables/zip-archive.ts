/** Opens ZIP archives, with limits against those that unpack to more than any real file holds. */
import { Readable } from "node:stream";
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from "yauzl";
import { type ByteSource, Refused } from "../../../server/job.ts";
import { formatNumber } from "../numbers.ts";

const MB = 1_000_000;
const maxEntries = 10_000;
const maxUnpackedBytes = 4_000 * MB;
/** Text shrinks to a twentieth at most; small files may hold anything. */
const maxRatio = 100;
const ratioMatters = 50 * MB;

export interface ZipEntry {
  name: string;
  /** Bytes of the unpacked file. */
  size: number;
  /** @throws Refused if the entry is damaged, locked with a password, or suspiciously large */
  read(): AsyncIterable<Uint8Array>;
}

export interface ZipArchive {
  /** Files, without folders. */
  entries: ZipEntry[];
  /** @param name is compared without case, with or without a slash before it */
  find(name: string): ZipEntry | undefined;
}

/** @throws Refused if the archive is damaged */
export async function openZip(source: ByteSource): Promise<ZipArchive> {
  const reader = new SourceReader(source);
  const archive = await orDamaged(reader, () =>
    fromRandomAccessReaderPromise(reader, source.size, { autoClose: false, lazyEntries: true }),
  );
  if (archive.entryCount > maxEntries) {
    const count = formatNumber(archive.entryCount);
    throw new Refused(`${source.name} holds ${count} files`, "Unpack it and upload the table.");
  }
  const entries = await orDamaged(reader, async () => {
    const found: ZipEntry[] = [];
    for await (const entry of archive.eachEntry()) {
      if (!entry.fileName.endsWith("/")) found.push(openEntry(reader, archive, entry));
    }
    return found;
  });
  const byName = new Map(entries.map((entry) => [entry.name.toLowerCase(), entry]));
  return { entries, find: (name) => byName.get(name.replace(/^\/+/, "").toLowerCase()) };
}

function openEntry(reader: SourceReader, archive: ZipFile, entry: Entry): ZipEntry {
  return {
    name: entry.fileName,
    size: entry.uncompressedSize,
    async *read() {
      refuseUnreadable(reader.source.name, entry);
      const stream = await orDamaged(reader, () => archive.openReadStreamPromise(entry));
      // Compares the size with the one that the archive gives, so a bomb cannot hide its size.
      try {
        yield* stream;
      } catch (error) {
        throw reader.explain(error);
      } finally {
        stream.destroy();
      }
    },
  };
}

function refuseUnreadable(archive: string, entry: Entry): void {
  if (entry.isEncrypted()) {
    throw new Refused(
      `${archive} is protected by a password`,
      "Remove the password and upload the file again.",
    );
  }
  const { uncompressedSize: size, compressedSize: packed } = entry;
  if (size > maxUnpackedBytes || (size > ratioMatters && size > maxRatio * packed)) {
    throw new Refused(
      `${archive} unpacks to ${formatNumber(Math.round(size / MB))} MB, more than a table holds`,
      "Save the table as CSV and upload that file.",
    );
  }
}

async function orDamaged<T>(reader: SourceReader, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw reader.explain(error);
  }
}

class SourceReader extends RandomAccessReader {
  readonly source: ByteSource;
  /** The storage failed, so an error says nothing about the file. */
  private failure: unknown;

  constructor(source: ByteSource) {
    super();
    this.source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.readRange(start, end), { objectMode: false });
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }

  explain(error: unknown): unknown {
    if (this.failure) return this.failure;
    if (error instanceof Refused) return error;
    return new Refused(
      `${this.source.name} is damaged or incomplete`,
      "Open it in the program that made it, save it again, and upload that file.",
    );
  }

  private async *readRange(start: number, end: number): AsyncGenerator<Uint8Array> {
    let left = end - start;
    if (left <= 0) return;
    try {
      for await (const chunk of this.source.read(start)) {
        // Copied, because a chunk is valid only until the next one is read.
        yield Buffer.from(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) return;
      }
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}
