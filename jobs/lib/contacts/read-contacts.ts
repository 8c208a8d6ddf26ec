/** First step of an import: reads and validates rows, and writes the contacts as sorted runs. */
import { type JobContext, Refused } from "../../../server/job.ts";
import type { FilePosition } from "../csv/format.ts";
import { type RowPiece, readRows } from "../csv/read-rows.ts";
import { joinRuns } from "../external-sort/join-runs.ts";
import { RunBuilder } from "../external-sort/run-builder.ts";
import { formatNumber } from "../numbers.ts";
import type { ContactsFile } from "./contacts-file.ts";
import { maxCustomFields, maxTags } from "./custom-fields.ts";
import { createFooter, type WaitingRow } from "./footer.ts";
import { type RejectedRow, writeRejectedPiece } from "./rejected-rows.ts";
import { isRepeatedHeader } from "./repeated-header.ts";
import { createRowNotes } from "./row-notes.ts";

/** The cursor of the reading. The names of all scratch files follow from its counts. */
export interface ReadProgress extends FilePosition {
  /** Contacts written to runs. */
  contacts: number;
  runs: number;
  /** Pieces of rejected rows written. */
  rejected: number;
  /** The names of the custom fields and the tags that the rows so far have. */
  customFields: string[];
  tags: string[];
}

export interface RunSize {
  rows: number;
  bytes: number;
}

/** A run is sorted in memory, so it ends at whichever limit comes first. Bytes are those of the file. */
const maxRunSize: RunSize = { rows: 100_000, bytes: 16_000_000 };
/** Bytes per read: the bar moves at least this often, and runs come close to their limit. */
const pieceSize = 250_000;
/** This many runs are joined into one, which bounds the memory of the final merge for files of any size. */
const runsPerJoin = 64;

/** @param expect is called with the number of contacts that the whole file seems to hold */
export async function readContacts(
  job: JobContext,
  file: ContactsFile,
  maxSize = maxRunSize,
  expect: (contacts: number) => void = () => {},
): Promise<ReadProgress> {
  const { source, inspection, parser } = file;
  let read: ReadProgress = {
    ...inspection.start,
    contacts: 0,
    runs: 0,
    rejected: 0,
    customFields: [],
    tags: [],
  };
  const run = new RunBuilder();
  let rejected: RejectedRow[] = [];
  const notes = createRowNotes(job);
  const footer = createFooter(inspection.header.length);
  let lastRow = 0;
  const progressAt = source.progressAt ?? ((byte: number) => byte);

  function parsePiece({ rows, numbers, suspects }: RowPiece): void {
    for (const { row, problem } of suspects) notes.add(problem, row);
    for (let at = 0; at < rows.length; at++) {
      const cells = rows[at]!;
      const row = numbers[at]!;
      const contact = parser.parse(cells, row, (note) => notes.add(note, row));
      if (typeof contact !== "string") {
        if (!footer.isEmpty) footer.release().forEach(reject);
        run.add(contact);
      } else if (isRepeatedHeader(cells, inspection)) notes.add("repeated-header", row);
      else if (footer.hold({ cells, row, reason: contact })) continue;
      else {
        footer.release().forEach(reject);
        reject({ cells, row, reason: contact });
      }
      lastRow = row;
    }
  }

  function reject({ cells, row, reason }: WaitingRow): void {
    rejected.push({ cells, reason });
    job.reject(row, reason);
  }

  function endTable(): void {
    const below = footer.end(lastRow);
    below.rejected.forEach(reject);
    for (const { row } of below.footer) notes.add("footer", row);
  }

  /** Writes the files before the cursor that counts them: a crash in between writes the same files again. */
  async function saveRun({ byte, row }: FilePosition) {
    const contacts = read.contacts + run.rows;
    const runs = run.rows > 0 ? read.runs + 1 : read.runs;
    if (runs > read.runs) {
      await run.write(job.scratch, runName(read.runs));
      if (runs % runsPerJoin === 0) await joinFullRuns(job, runs);
    }
    if (rejected.length > 0) await writeRejectedPiece(job, file, read.rejected, rejected);
    read = {
      byte,
      row,
      runs,
      contacts,
      rejected: read.rejected + (rejected.length > 0 ? 1 : 0),
      customFields: [...parser.customFields],
      tags: [...parser.tags],
    };
    refuseTooMany(read);
    rejected = [];
    notes.flush();
    return {
      items: [],
      cursor: read,
      done: progressAt(byte),
      message: progressMessage(read.contacts),
    };
  }

  await job.batches<never, ReadProgress>({
    total: source.size,
    async *from(last) {
      read = last ?? read;
      for (const name of read.customFields) parser.customFields.add(name);
      for (const tag of read.tags) parser.tags.add(tag);
      lastRow = read.row;
      let cursor: FilePosition = read;
      const pieceBytes = Math.min(pieceSize, maxSize.bytes);
      for await (const piece of readRows(source, inspection, { from: last, pieceBytes })) {
        parsePiece(piece);
        cursor = piece.cursor;
        const done = progressAt(piece.bytesRead);
        const found = read.contacts + run.rows;
        job.progress(done, source.size, progressMessage(found));
        if (done > 0) expect((found / done) * source.size);
        const isFull = run.rows >= maxSize.rows || piece.bytesRead - read.byte >= maxSize.bytes;
        // A crash would lose the rows that wait.
        if (isFull && footer.isEmpty) yield await saveRun(cursor);
      }
      endTable();
      notes.flush();
      if (run.rows + rejected.length > 0) yield await saveRun(cursor);
    },
  });
  return read;
}

/** @throws Refused: so many names are no names but values, from a column that was mapped by mistake */
function refuseTooMany({ customFields, tags }: ReadProgress): void {
  if (tags.length > maxTags)
    throw new Refused(
      `The file has more than ${formatNumber(maxTags)} different tags`,
      "Map that column to a custom field instead.",
    );
  if (customFields.length > maxCustomFields)
    throw new Refused(
      `The file has more than ${formatNumber(maxCustomFields)} custom fields`,
      "Skip the columns that you do not need.",
    );
}

/** The names of the sorted runs that hold all contacts. */
export function runNames({ runs }: Pick<ReadProgress, "runs">): string[] {
  const joined = Math.floor(runs / runsPerJoin);
  const single = runs % runsPerJoin;
  return [
    ...Array.from({ length: joined }, (_, at) => joinedRunName(at)),
    ...Array.from({ length: single }, (_, at) => runName(joined * runsPerJoin + at)),
  ];
}

async function joinFullRuns({ scratch, signal }: JobContext, runs: number): Promise<void> {
  const names = Array.from({ length: runsPerJoin }, (_, at) => runName(runs - runsPerJoin + at));
  await joinRuns(scratch, names, joinedRunName(runs / runsPerJoin - 1), signal);
}

export function runName(number: number): string {
  return `run-${number}`;
}

function joinedRunName(number: number): string {
  return `joined-${number}`;
}

function progressMessage(contacts: number): string {
  return `${formatNumber(contacts)} contacts found`;
}
