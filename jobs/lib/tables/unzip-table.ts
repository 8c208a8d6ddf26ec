/** Unpacks the one table of a ZIP archive. */
import { posix } from "node:path";
import { type ByteSource, Refused } from "../../../server/job.ts";
import { formatCount } from "../numbers.ts";
import type { ZipArchive, ZipEntry } from "./zip-archive.ts";

const TABLE = /\.(?:csv|tsv|tab|txt|xlsx|xlsm|ods|vcf)$/i;
/** Files that macOS, Windows and editors leave behind. */
const IGNORED = /(?:^|\/)(?:__MACOSX\/|\.|~\$|Thumbs\.db$|desktop\.ini$)/i;
/** A workbook is read from its end, so it is unpacked as a whole. */
const maxInnerArchive = 64_000_000;
const ZIP = Buffer.from("PK\x03\x04", "latin1");

/** @throws Refused if the archive holds no table, or more than one */
export async function unzipTable(source: ByteSource, archive: ZipArchive): Promise<ByteSource> {
  const files = archive.entries.filter(({ name, size }) => size > 0 && !IGNORED.test(name));
  const tables = files.filter(({ name }) => TABLE.test(name));
  const [only, ...others] = tables.length > 0 ? tables : files;
  if (!only) throw new Refused(`${source.name} is empty`, "Upload a file with one person per row.");
  if (others.length > 0) {
    const found = formatCount(others.length + 1, tables.length > 0 ? "table" : "file");
    const names = [only, ...others].slice(0, 5).map(({ name }) => posix.basename(name));
    const more = others.length >= names.length ? " …" : "";
    throw new Refused(
      `${source.name} holds ${found}: ${names.join(", ")}${more}`,
      "Unpack it and upload them one after another.",
    );
  }
  return openEntry(source.name, only);
}

async function openEntry(archive: string, entry: ZipEntry): Promise<ByteSource> {
  const name = posix.basename(entry.name);
  for await (const chunk of entry.read()) {
    if (!ZIP.equals(chunk.subarray(0, ZIP.length))) break;
    return openInMemory(archive, { ...entry, name });
  }
  return { name, size: entry.size, read: (from = 0) => skip(entry.read(), from) };
}

async function openInMemory(archive: string, entry: ZipEntry): Promise<ByteSource> {
  if (entry.size > maxInnerArchive) {
    throw new Refused(
      `${entry.name} in ${archive} is too large`,
      "Unpack it and upload that file.",
    );
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry.read()) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return {
    name: entry.name,
    size: bytes.length,
    async *read(from = 0) {
      yield bytes.subarray(from);
    },
  };
}

async function* skip(chunks: AsyncIterable<Uint8Array>, count: number) {
  let ahead = count;
  for await (const chunk of chunks) {
    if (ahead < chunk.length) yield ahead > 0 ? chunk.subarray(ahead) : chunk;
    ahead = Math.max(0, ahead - chunk.length);
  }
}
