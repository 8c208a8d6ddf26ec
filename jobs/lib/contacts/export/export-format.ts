/**
 * The formats of an export. Each writes pieces while contacts are read, and then joins the pieces into
 * the file, so that an interrupted export continues.
 */
import type { ExportColumn, ExportedContact } from "./export-columns.ts";

export interface Piece {
  bytes: Buffer;
  /** Characters that the encoding does not have. */
  replaced: number;
}

export interface ExportWriter {
  /** The name and the media type of the file. */
  file: { name: string; type: string };
  formatPiece(contacts: readonly ExportedContact[]): Piece;
  /** @param pieces the bytes of each piece, in order */
  joinPieces(pieces: AsyncIterable<AsyncIterable<Uint8Array>>): AsyncIterable<Uint8Array>;
}

export type CreateWriter<Options> = (
  columns: readonly ExportColumn[],
  options: Options,
) => ExportWriter;
