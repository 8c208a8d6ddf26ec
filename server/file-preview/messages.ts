/** The messages between the web process and a thread that previews files. */
import type { FilePreview, MappingTrial } from "../job.ts";

/** A preview without its function, which stays in the thread. */
export type PreviewData = Omit<FilePreview, "tryMapping">;

export type PreviewRequest =
  | {
      type: "preview";
      /** Path of the file that describes the kind. */
      kindFile: string;
      name: string;
      size: number;
      values: Readonly<Record<string, unknown>>;
    }
  /** Tries a mapping on the file of the latest preview. */
  | { type: "try"; mapping: Readonly<Record<string, string>> };

export type PreviewAnswer =
  | { type: "previewed"; preview: PreviewData }
  | { type: "tried"; trial: MappingTrial | undefined }
  | { type: "refused"; message: string; advice: string | undefined }
  | { type: "failed"; error: unknown };

/** The thread has loaded the kind of a `preview`: from now on its time counts. */
export interface KindLoaded {
  type: "loaded";
}

/** The thread asks for the chunks of the file, one at a time. `read` numbers each reading of it. */
export type ChunkRequest =
  | { type: "next"; read: number; from: number }
  | { type: "stop"; read: number };

/** Without bytes at the end of the file. */
export type Chunk =
  | { type: "chunk"; read: number; bytes: Uint8Array | undefined }
  | { type: "broken"; read: number };
