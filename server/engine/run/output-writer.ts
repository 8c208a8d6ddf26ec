/**
 * Writes the text of `job.output`: what all jobs of a runner have appended goes into one transaction,
 * a few times a second. A checkpoint keeps the text before it; what comes behind is deleted when
 * another run begins there, because that run appends it again.
 */
import { sql } from "kysely";
import type { Backend, WriteTransaction } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import { maxPieceLength } from "../job-output.ts";
import { sanitizeText } from "../sanitize-text.ts";

/** The length of the text of a job, in UTF-16 units; `server/job.ts` documents it for authors of kinds. */
export const maxOutputLength = 1_000_000;
const intervalMs = 200;
const cutNote = `\n[Cut here: at most ${maxOutputLength.toLocaleString("en")} characters are kept.]\n`;

export interface JobOutput {
  append(text: string): void;
  /** Writes what was appended. */
  flush(): Promise<void>;
  /** Writes what was appended. @returns how to keep it, or undefined if all is kept already */
  prepareCheckpoint(): Promise<OutputCheckpoint | undefined>;
  stop(): void;
}

export interface OutputCheckpoint {
  /** Keeps the text, in the transaction of the checkpoint. */
  keep(tx: WriteTransaction): Promise<void>;
  /** To be called once that transaction has committed. */
  onCommit(): void;
}

export interface OutputWriter {
  /** @param onLost called if another run has claimed the job */
  open(row: Pick<JobRow, "id" | "fence" | "output_length">, onLost: () => void): JobOutput;
}

/** Drops the text of a cleanup, because the job has ended. */
export const noOutput: JobOutput = {
  append: () => {},
  flush: async () => {},
  prepareCheckpoint: async () => undefined,
  stop: () => {},
};

interface State {
  id: string;
  fence: number;
  /** The length of the text in the database, and that of its part before the last checkpoint. */
  length: number;
  keptLength: number;
  pending: string;
  onLost: () => void;
}

export function createOutputWriter(options: {
  backend: Backend;
  onError: (error: unknown) => void;
}): OutputWriter {
  const { backend, onError } = options;
  const states = new Set<State>();
  let isScheduled = false;
  let writing: Promise<void> = Promise.resolve();

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setTimeout(() => {
      isScheduled = false;
      write().catch((error) => {
        onError(error);
        schedule();
      });
    }, intervalMs);
  }

  function write(): Promise<void> {
    writing = writing.then(writePending, writePending);
    return writing;
  }

  async function writePending(): Promise<void> {
    const pieces = [...states].flatMap((state) => takePiece(state) ?? []);
    if (pieces.length === 0) return;
    const lost = await backend.write(
      async (tx) => {
        const lost: State[] = [];
        for (const piece of pieces) if (!(await insert(tx, piece))) lost.push(piece.state);
        return lost;
      },
      { durable: false },
    );
    for (const { state, text } of pieces) {
      state.length += text.length;
      state.pending = state.pending.slice(text.length);
    }
    for (const state of lost) {
      states.delete(state);
      state.onLost();
    }
    if ([...states].some(({ pending }) => pending !== "")) schedule();
  }

  return {
    open({ id, fence, output_length: length }, onLost) {
      const state: State = { id, fence, length, keptLength: length, pending: "", onLost };
      states.add(state);
      let isFull = length >= maxOutputLength;

      async function flush(): Promise<void> {
        while (state.pending !== "" && states.has(state)) await write();
      }

      return {
        append(given) {
          if (isFull) return;
          // A browser reads these as line breaks, and then counts otherwise.
          let text = sanitizeText(String(given)).replace(/\r\n?/g, "\n");
          const room = maxOutputLength - state.length - state.pending.length;
          isFull = text.length > room;
          if (isFull) text = `${text.slice(0, room).toWellFormed()}${cutNote}`;
          state.pending += text;
          if (text !== "") schedule();
        },
        flush,
        async prepareCheckpoint() {
          await flush();
          const { length } = state;
          if (length === state.keptLength) return undefined;
          return {
            keep: (tx) => keepText(tx, id, length),
            onCommit: () => {
              state.keptLength = length;
            },
          };
        },
        stop: () => void states.delete(state),
      };
    },
  };
}

interface Piece {
  state: State;
  text: string;
}

/** Never cuts a pair of surrogates in two. */
function takePiece(state: State): Piece | undefined {
  let text = state.pending.slice(0, maxPieceLength);
  if (!text.isWellFormed()) text = text.slice(0, -1);
  return text === "" ? undefined : { state, text };
}

/** @returns false if another run has claimed the job */
async function insert({ db, notify }: WriteTransaction, { state, text }: Piece): Promise<boolean> {
  const { id, fence, length: position } = state;
  const { numUpdatedRows } = await db
    .updateTable("jobs")
    .set({ output_length: position + text.length, version: sql`version + 1` })
    .where("id", "=", id)
    .where("fence", "=", fence)
    .where("status", "=", "running")
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  const row = { job_id: id, position, length: text.length, text, is_kept: 0 };
  await db.insertInto("job_output").values(row).execute();
  notify(id);
  return true;
}

async function keepText({ db }: WriteTransaction, id: string, before: number): Promise<void> {
  await db
    .updateTable("job_output")
    .set({ is_kept: 1 })
    .where("job_id", "=", id)
    .where("position", "<", before)
    .where("is_kept", "=", 0)
    .execute();
}

/**
 * Deletes the text behind the last checkpoint, when a run begins there.
 * @returns the length of the remaining text; undefined if another run has claimed the job
 */
export async function restoreOutput(
  backend: Backend,
  { id, fence, output_length }: Pick<JobRow, "id" | "fence" | "output_length">,
): Promise<number | undefined> {
  if (output_length === 0) return 0;
  return backend.write(async ({ db, notify }) => {
    const kept = await db
      .selectFrom("job_output")
      .select(sql<number | string | null>`max(position + length)`.as("length"))
      .where("job_id", "=", id)
      .where("is_kept", "=", 1)
      .executeTakeFirst();
    const length = Number(kept?.length ?? 0);
    if (length === output_length) return length;
    const { numUpdatedRows } = await db
      .updateTable("jobs")
      .set({ output_length: length, version: sql`version + 1` })
      .where("id", "=", id)
      .where("fence", "=", fence)
      .where("status", "=", "running")
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return undefined;
    const behind = db.deleteFrom("job_output").where("job_id", "=", id);
    await behind.where("is_kept", "=", 0).execute();
    notify(id);
    return length;
  });
}
