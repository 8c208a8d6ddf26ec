/** Streams several files as one ZIP archive: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
import { Readable } from "node:stream";
import { ZipFile } from "yazl";
import { safeFileName } from "./file-name.ts";

export interface ZipEntry {
  /** Sanitised, and numbered where another file of the archive has the same name. */
  name: string;
  /** Bytes, if known: the archive has to announce a file of 4 GB or more (ZIP64) before its bytes. */
  size?: number;
  /** Time of change, ms since 1970; default now. */
  at?: number;
  /** Called when the archive reaches this file. */
  read(): AsyncIterable<Uint8Array>;
}

/** 4 GiB is the limit of the format; compression may make a file slightly larger. */
const maxBytesWithoutZip64 = 4_000_000_000;
/** Stored as they are, because compressing them again saves nothing. */
const compressedTypes =
  /\.(zip|gz|bz2|xz|zst|7z|png|jpe?g|gif|webp|avif|mp[34]|webm|pdf|docx|xlsx|pptx)$/i;

/**
 * Buffers a few chunks only, whatever the size of the files. Closes its sources when the reader stops
 * early.
 * @throws during iteration: errors of the sources, and an error if a file has another size than given
 */
export async function* createZip(entries: Iterable<ZipEntry>): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const nameOf = uniqueNames();
  let reading: Readable | undefined;
  zip.on("error", (error) => output.destroy(error as Error));
  for (const { name, size, at, read } of entries) {
    const options = {
      compress: !compressedTypes.test(name),
      ...(at !== undefined && { mtime: new Date(at) }),
      ...(size === undefined ? {} : { size }),
      forceZip64Format: size === undefined || size > maxBytesWithoutZip64,
    };
    zip.addReadStreamLazy(nameOf(name), options, (take) => {
      reading = Readable.from(read(), { objectMode: false });
      reading.on("error", (error) => output.destroy(error));
      take(null, reading);
    });
  }
  zip.end();
  try {
    yield* output;
  } finally {
    reading?.destroy();
    output.destroy();
  }
}

const forbiddenInWindows = /[:*?"<>|]/g;

/**
 * Numbers repeated file names: "a.csv", "a (2).csv". Ignores case, as many file systems do.
 * @returns a function that takes a name and returns a unique one
 */
export function uniqueNames(): (name: string) => string {
  const usedNames = new Set<string>();
  /** The next number to try for a name, so that many files of one name do not take quadratic time. */
  const next = new Map<string, number>();
  return (original) => {
    const safe = safeFileName(original, "file").replace(forbiddenInWindows, "_");
    const [, base = safe, extension = ""] = /^(.+?)(\.[^.]*)?$/u.exec(safe) ?? [];
    const key = safe.toLowerCase();
    let name = safe;
    let n = next.get(key) ?? 2;
    for (; usedNames.has(name.toLowerCase()); n++) name = `${base} (${n})${extension}`;
    next.set(key, n);
    usedNames.add(name.toLowerCase());
    return name;
  };
}
