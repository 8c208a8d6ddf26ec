/**
 * Previews uploaded files outside of the event loop of the web process: to parse a row of a megabyte
 * or to unpack a workbook takes longer than other people should wait.
 */
import { findKindFile } from "../catalog.ts";
import type { ByteSource, MappingTrial } from "../job.ts";
import { askThread, PreviewAborted, ThreadLost } from "./ask-thread.ts";
import type { PreviewData, PreviewRequest } from "./messages.ts";
import { createThreadPool } from "./thread-pool.ts";

export interface FilePreviewer {
  /**
   * Calls `preview` of a kind.
   * @param type the identifier of a kind that has `preview`
   * @param use gets the preview, and may try mappings until it returns
   * @throws Refused if the file cannot be used, or takes too much time or memory; PreviewAborted once
   *   the signal fires; errors of the file's storage and of `use`
   */
  preview<T>(
    request: {
      type: string;
      file: ByteSource;
      values: Readonly<Record<string, unknown>>;
      personId: string;
      signal: AbortSignal;
    },
    use: (preview: PreviewData, tryMapping: TryMapping) => Promise<T>,
  ): Promise<T>;
}

export type TryMapping = (
  mapping: Readonly<Record<string, string>>,
) => Promise<MappingTrial | undefined>;

/** A sheet of a workbook is read in a fraction of it. */
const defaultMaxMs = 15_000;

/**
 * @param options.jobsDirs the folders of the kinds
 * @param options.maxMs time for a preview
 */
export function createFilePreviewer({
  jobsDirs,
  maxMs = defaultMaxMs,
}: {
  jobsDirs: readonly string[];
  maxMs?: number;
}): FilePreviewer {
  const pool = createThreadPool();

  return {
    async preview({ type, file, values, personId, signal }, use) {
      const { name, size } = file;
      const kindFile = await findKindFile(jobsDirs, type);
      const thread = await pool.acquire(personId, signal).catch(() => {
        throw new PreviewAborted("The client left");
      });
      let isLost = false;
      const ask = async (asked: PreviewRequest) => {
        try {
          return await askThread(thread, asked, file, { signal, maxMs });
        } catch (error) {
          if (!(error instanceof ThreadLost)) throw error;
          isLost = true;
          throw error.cause;
        }
      };
      try {
        const answer = await ask({ type: "preview", kindFile, name, size, values });
        if (answer.type !== "previewed") throw new Error(`Unexpected answer ${answer.type}`);
        return await use(answer.preview, async (mapping) => {
          const tried = await ask({ type: "try", mapping });
          return tried.type === "tried" ? tried.trial : undefined;
        });
      } finally {
        pool.release(personId, thread, isLost);
      }
    },
  };
}
