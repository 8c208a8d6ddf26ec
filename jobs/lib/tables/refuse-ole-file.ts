import { type ByteSource, Refused } from "../../../server/job.ts";

const SIGNATURE = Buffer.from("d0cf11e0a1b11ae1", "hex");
/** The stream in which Excel keeps a workbook that is locked with a password ([MS-OFFCRYPTO]). */
const LOCKED = Buffer.from("EncryptedPackage", "utf16le");
/** Bytes of the folder of streams that are searched; it has 128 for each. */
const searchedBytes = 4_096;

/**
 * Refuses old Excel workbooks (.xls), and new ones with a password: both are compound files.
 * @param beginning the first 512 bytes or more
 */
export async function refuseOleFile(source: ByteSource, beginning: Buffer): Promise<void> {
  if (!SIGNATURE.equals(beginning.subarray(0, SIGNATURE.length))) return;
  if (beginning.length >= 512 && (await readFolder(source, beginning)).includes(LOCKED)) {
    throw new Refused(
      `${source.name} is protected by a password`,
      "Remove the password in Excel, under File, Info, Protect Workbook, and upload it again.",
    );
  }
  throw new Refused(
    `${source.name} is an old Excel workbook`,
    "Open it in Excel, choose Save As and then Excel Workbook, and upload that file.",
  );
}

/** The header says in which sector the folder begins ([MS-CFB], section 2.2). */
async function readFolder(source: ByteSource, header: Buffer): Promise<Buffer> {
  const sectorBytes = 2 ** header.readUInt16LE(30);
  const start = (header.readUInt32LE(48) + 1) * sectorBytes;
  if (!(start < source.size)) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  let read = 0;
  for await (const chunk of source.read(start)) {
    chunks.push(Buffer.from(chunk));
    read += chunk.length;
    if (read >= searchedBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, searchedBytes);
}
