import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { type Manifest, manifestName, parseManifest } from "./manifest.ts";

export interface Archive {
  manifest: Manifest;
  /**
   * @throws at the end of the iteration if the bytes are not those that were backed up
   */
  read(name: string): AsyncIterable<Uint8Array>;
  close(): void;
}

/**
 * @param path of a local file
 * @throws an error with a message of one line if the file is no complete backup
 */
export async function openArchive(path: string): Promise<Archive> {
  const zip = await openPromise(path, { autoClose: false }).catch((error: Error) => {
    throw new Error(`${path} is no backup, or not a whole one: ${error.message}`);
  });
  try {
    const entries = await readEntries(zip);
    const last = entries.get(manifestName);
    if (!last) throw new Error("it has no manifest");
    const manifest = parseManifest(String(await buffer(await zip.openReadStreamPromise(last))));
    const missing = manifest.entries.find(({ name }) => !entries.has(name));
    if (missing) throw new Error(`${missing.name} is missing`);
    const listed = new Map(manifest.entries.map((each) => [each.name, each]));
    return {
      manifest,
      read: (name) => readChecked(zip, entries.get(name)!, listed.get(name)!),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw new Error(`${path} cannot be restored: ${(error as Error).message}`);
  }
}

async function readEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
  return entries;
}

async function* readChecked(
  zip: ZipFile,
  entry: Entry,
  expected: { name: string; sha256: string },
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw new Error(`The backup is damaged: ${expected.name}: ${(error as Error).message}`);
  }
  if (hash.digest("hex") === expected.sha256) return;
  throw new Error(`The backup is damaged: ${expected.name} has other bytes than were backed up`);
}
