/** Several files as one ZIP archive, made while it is read: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
import { Readable } from "node:stream";
import { ZipFile } from "yazl";
import { safeFileName } from "./file-name.ts";

export interface ZipEntry {
  /** As people see it; made safe here, and unlike all others of the archive. */
  name: string;
  /** Bytes, where that is known: from 4 GB on the archive has to say so before them. */
  size?: number;
  /** Ms since 1970; default now. */
  at?: number;
  /** Called when it is this file's turn. */
  read(): AsyncIterable<Uint8Array>;
}

/** Of a file in an archive of the old format, with room for what does not get smaller. */
const mostBytes = 4_000_000_000;
/** What is as small as it gets; letting it be costs no time. */
const packed = /\.(zip|gz|bz2|xz|zst|7z|png|jpe?g|gif|webp|avif|mp[34]|webm|pdf|docx|xlsx|pptx)$/i;

/**
 * Never more than some pieces are held, whatever the files weigh. A reader that stops early leaves
 * nothing open.
 * @throws while it is read: what a file's reading throws, and an error where one has another size
 */
export async function* zipOf(entries: Iterable<ZipEntry>): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const nameOf = uniqueNames();
  let reading: Readable | undefined;
  zip.on("error", (error) => output.destroy(error as Error));
  for (const { name, size, at, read } of entries) {
    const options = {
      compress: !packed.test(name),
      ...(at !== undefined && { mtime: new Date(at) }),
      ...(size === undefined ? {} : { size }),
      forceZip64Format: size === undefined || size > mostBytes,
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

/** What Windows takes in no name of a file. */
const forbidden = /[:*?"<>|]/g;

/**
 * For an archive, or any other place where names must differ: "a.csv", "a (2).csv". Case does not
 * tell files apart on every machine.
 */
export function uniqueNames(): (wanted: string) => string {
  const taken = new Set<string>();
  /** Where to look on: of a hundred thousand files of one name each is found its own at once. */
  const next = new Map<string, number>();
  return (wanted) => {
    const safe = safeFileName(wanted, "file").replace(forbidden, "_");
    const [, base = safe, ending = ""] = /^(.+?)(\.[^.]*)?$/u.exec(safe) ?? [];
    const key = safe.toLowerCase();
    let name = safe;
    let n = next.get(key) ?? 2;
    for (; taken.has(name.toLowerCase()); n++) name = `${base} (${n})${ending}`;
    next.set(key, n);
    taken.add(name.toLowerCase());
    return name;
  };
}
