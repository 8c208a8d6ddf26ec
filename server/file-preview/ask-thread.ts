/** One request to a thread that previews files, which reads the file through the web process. */
import type { Worker } from "node:worker_threads";
import { type ByteSource, Refused } from "../job.ts";
import type { Chunk, ChunkRequest, KindLoaded, PreviewAnswer, PreviewRequest } from "./messages.ts";

/** Time to start a thread and load a kind, which a busy machine takes many times longer for. */
const maxLoadMs = 60_000;
/** A thread that has not noticed after this time that nobody waits for it is ended. */
const maxAbortedMs = 1_000;
const advice = "Save the table as CSV and upload that file.";

/** The client left. */
export class PreviewAborted extends Error {
  override name = "PreviewAborted";
}

/** The thread cannot be used again. `cause` is the error for the caller. */
export class ThreadLost extends Error {
  override name = "ThreadLost";
}

/**
 * @returns what the thread answers to a request that it could carry out
 * @throws Refused, PreviewAborted, errors of the file's storage; ThreadLost after too much time or memory
 */
export function askThread(
  thread: Worker,
  request: PreviewRequest,
  file: ByteSource,
  { signal, maxMs }: { signal: AbortSignal; maxMs: number },
): Promise<PreviewAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<PreviewAnswer>();
  const reads = new Map<number, AsyncIterator<Uint8Array>>();
  let storageError: { error: unknown } | undefined;
  let abortTimer: NodeJS.Timeout | undefined;

  const lose = (cause: Error) => reject(new ThreadLost("The preview ended", { cause }));
  const tooLarge = (problem: string) => lose(new Refused(`${file.name} ${problem}`, advice));
  let deadline = setTimeout(tooLarge, maxLoadMs, "cannot be read now");

  async function sendChunk(read: number, from: number): Promise<void> {
    try {
      if (signal.aborted) throw new PreviewAborted("The client left");
      const source = reads.get(read) ?? file.read(from)[Symbol.asyncIterator]();
      reads.set(read, source);
      const next = await source.next();
      // Copied, because a chunk is valid only until the next one is read.
      const bytes = next.done ? undefined : new Uint8Array(next.value);
      const chunk: Chunk = { type: "chunk", read, bytes };
      thread.postMessage(chunk, bytes ? [bytes.buffer] : []);
    } catch (error) {
      storageError = { error };
      thread.postMessage({ type: "broken", read } satisfies Chunk);
    }
  }

  function stop(read: number): void {
    reads
      .get(read)
      ?.return?.()
      .catch(() => {});
    reads.delete(read);
  }

  function startTime(): void {
    clearTimeout(deadline);
    deadline = setTimeout(tooLarge, maxMs, "takes too long to read");
  }

  function onMessage(message: PreviewAnswer | ChunkRequest | KindLoaded): void {
    if (message.type === "loaded") startTime();
    else if (message.type === "next") void sendChunk(message.read, message.from);
    else if (message.type === "stop") stop(message.read);
    else if (signal.aborted) reject(new PreviewAborted("The client left"));
    else if (message.type === "refused") reject(new Refused(message.message, message.advice));
    else if (message.type === "failed") reject(storageError?.error ?? message.error);
    else resolve(message);
  }

  function onError(error: Error & { code?: string }): void {
    if (error.code === "ERR_WORKER_OUT_OF_MEMORY") tooLarge("needs too much memory to read");
    else lose(error);
  }

  function onExit(): void {
    lose(new Error("The thread ended"));
  }

  function onAbort(): void {
    abortTimer = setTimeout(lose, maxAbortedMs, new PreviewAborted("The client left"));
  }

  thread.on("message", onMessage).on("error", onError).on("exit", onExit);
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  thread.postMessage(request);
  return promise.finally(() => {
    clearTimeout(deadline);
    clearTimeout(abortTimer);
    thread.off("message", onMessage).off("error", onError).off("exit", onExit);
    signal.removeEventListener("abort", onAbort);
    for (const read of reads.keys()) stop(read);
  });
}
