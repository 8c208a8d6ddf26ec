/**
 * Buffers the chunks that one stream has not been sent yet: the latest of each target. A slow reader
 * skips outdated frames, so it uses a bounded amount of memory and does not delay others.
 */

export interface Mailbox {
  /** @param target a waiting chunk is replaced by a newer one of the same target */
  put(target: string, chunk: Uint8Array): void;
  /** Adds a chunk that is never replaced, such as log lines. */
  append(chunk: Uint8Array): void;
  /** Writes waiting chunks until the sink is full. Call it when the sink has drained. */
  flush(): void;
  readonly waitingBytes: number;
}

export function createMailbox(write: (chunk: Uint8Array) => void, isFull: () => boolean): Mailbox {
  /** Created on demand, because there are thousands of mailboxes and most never need it. */
  let waiting: Map<string, Uint8Array> | undefined;
  let waitingBytes = 0;
  let appended = 0;

  function enqueue(target: string, chunk: Uint8Array): void {
    waiting ??= new Map();
    waitingBytes += chunk.length - (waiting.get(target)?.length ?? 0);
    // Deleted first, so that the newer chunk moves to the end of the map.
    waiting.delete(target);
    waiting.set(target, chunk);
  }

  const mailbox: Mailbox = {
    get waitingBytes() {
      return waitingBytes;
    },
    put(target, chunk) {
      if (!waiting?.size && !isFull()) write(chunk);
      else enqueue(target, chunk);
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
