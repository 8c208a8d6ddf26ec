/**
 * What one stream has still to be sent: the latest frame for each target. A reader that stalls
 * misses frames that are out of date anyway, holds a bounded memory and slows nobody.
 */

export interface Mailbox {
  /** @param target what the chunk shows; a newer chunk for the same target takes its place */
  put(target: string, chunk: Uint8Array): void;
  /** Adds a chunk that nothing may take the place of. */
  append(chunk: Uint8Array): void;
  /** Writes what waits as long as the sink takes more. */
  flush(): void;
  readonly waitingBytes: number;
}

/** @returns false when the sink is full; `flush` is called when it has drained */
export type WriteChunk = (chunk: Uint8Array) => boolean;

export function createMailbox(write: WriteChunk, isFull: () => boolean): Mailbox {
  /** Made when it is needed: most readers never fall behind, and there are thousands. */
  let waiting: Map<string, Uint8Array> | undefined;
  let waitingBytes = 0;
  let appended = 0;

  function hold(target: string, chunk: Uint8Array): void {
    waiting ??= new Map();
    waitingBytes += chunk.length - (waiting.get(target)?.length ?? 0);
    // Taken out first, so that the newer one goes behind what it was rendered after.
    waiting.delete(target);
    waiting.set(target, chunk);
  }

  const mailbox: Mailbox = {
    get waitingBytes() {
      return waitingBytes;
    },
    put(target, chunk) {
      if (!waiting?.size && !isFull()) write(chunk);
      else hold(target, chunk);
    },
    append(chunk) {
      mailbox.put(`append:${appended++}`, chunk);
    },
    flush() {
      if (!waiting) return;
      for (const [target, chunk] of waiting) {
        if (isFull()) return;
        waiting.delete(target);
        waitingBytes -= chunk.length;
        write(chunk);
      }
    },
  };
  return mailbox;
}
