/** The first half of an import: rows are read and checked, and wait in sorted runs. */
import type { JobContext } from "../../../server/job.ts";
import { number } from "../amounts.ts";
import type { Cursor } from "../csv/format.ts";
import { type Piece, readRows } from "../csv/rows.ts";
import { joinRuns } from "../join-runs.ts";
import { writeRun } from "../sorted-runs.ts";
import type { ContactsFile } from "./open.ts";
import { type RejectedRow, writeRejected } from "./rejected-rows.ts";
import type { ContactRow } from "./validate.ts";

/** How far the reading is; the names of all files follow from the counts. */
export interface Read extends Cursor {
  /** Contacts in the runs. */
  contacts: number;
  runs: number;
  /** Pieces of rejected rows. */
  rejected: number;
}

export interface RunSize {
  rows: number;
  bytes: number;
}

/** A run is sorted in memory, so it ends at the first of these. */
const largestRun: RunSize = { rows: 25_000, bytes: 8_000_000 };
/** Bytes read at a time: the bar moves at least this often, and runs are as large as they may be. */
const PIECE = 250_000;
/** So many runs are joined to one: a merge holds a chunk of each, whatever the size of the file. */
const JOINED = 64;

export async function readContacts(
  job: JobContext,
  file: ContactsFile,
  largest = largestRun,
): Promise<Read> {
  const { source, inspection } = file;
  let read: Read = { ...inspection.start, contacts: 0, runs: 0, rejected: 0 };
  let contacts: ContactRow[] = [];
  let rejected: RejectedRow[] = [];

  function check({ rows, numbers }: Piece): void {
    for (let at = 0; at < rows.length; at++) {
      const cells = rows[at]!;
      const contact = file.read(cells, numbers[at]!);
      if (typeof contact !== "string") contacts.push(contact);
      else {
        rejected.push({ cells, reason: contact });
        job.reject(numbers[at]!, contact);
      }
    }
  }

  /** Files come before the cursor that counts them: made again after a crash, they are the same. */
  async function keep({ byte, row }: Cursor) {
    const runs = contacts.length > 0 ? read.runs + 1 : read.runs;
    if (runs > read.runs) {
      await writeRun(job.scratch, runName(read.runs), contacts);
      if (runs % JOINED === 0) await join(job, runs);
    }
    if (rejected.length > 0) await writeRejected(job, file, read.rejected, rejected);
    read = {
      byte,
      row,
      runs,
      contacts: read.contacts + contacts.length,
      rejected: read.rejected + (rejected.length > 0 ? 1 : 0),
    };
    contacts = [];
    rejected = [];
    return { items: [], cursor: read, done: byte, message: told(read.contacts) };
  }

  await job.batches<never, Read>({
    total: source.size,
    async *from(last) {
      read = last ?? read;
      let cursor: Cursor = read;
      const pieceBytes = Math.min(PIECE, largest.bytes);
      for await (const piece of readRows(source, inspection, { from: last, pieceBytes })) {
        check(piece);
        cursor = piece.cursor;
        job.progress(piece.done, source.size, told(read.contacts + contacts.length));
        if (contacts.length >= largest.rows || piece.done - read.byte >= largest.bytes) {
          yield await keep(cursor);
        }
      }
      if (contacts.length + rejected.length > 0) yield await keep(cursor);
    },
  });
  return read;
}

/** The files that hold all contacts, each sorted. */
export function runNames({ runs }: Pick<Read, "runs">): string[] {
  const joined = Math.floor(runs / JOINED);
  const single = runs % JOINED;
  return [
    ...Array.from({ length: joined }, (_, at) => joinedName(at)),
    ...Array.from({ length: single }, (_, at) => runName(joined * JOINED + at)),
  ];
}

async function join({ scratch, signal }: JobContext, runs: number): Promise<void> {
  const names = Array.from({ length: JOINED }, (_, at) => runName(runs - JOINED + at));
  await joinRuns(scratch, names, joinedName(runs / JOINED - 1), signal);
}

function runName(number: number): string {
  return `run-${number}`;
}

function joinedName(number: number): string {
  return `joined-${number}`;
}

function told(contacts: number): string {
  return `${number(contacts)} contacts found`;
}
