/**
 * What one stream has still to be sent: the latest frame of each target. A slow reader skips the
 * frames that became outdated meanwhile, so it takes bounded memory and slows nobody down.
 */

export interface Mailbox {
  /** @param target what the chunk shows; a newer chunk of the same target replaces it */
  put(target: string, chunk: Uint8Array): void;
  /** Adds a chunk that is never replaced, such as log lines. */
  append(chunk: Uint8Array): void;
  /** Writes what waits until the sink is full; to be called when the sink has drained. */
  flush(): void;
  readonly waitingBytes: number;
}

export function createMailbox(write: (chunk: Uint8Array) => void, isFull: () => boolean): Mailbox {
  /** Created on demand: most readers keep up, and there are thousands of mailboxes. */
  let waiting: Map<string, Uint8Array> | undefined;
  let waitingBytes = 0;
  let appended = 0;

  function enqueue(target: string, chunk: Uint8Array): void {
    waiting ??= new Map();
    waitingBytes += chunk.length - (waiting.get(target)?.length ?? 0);
    // Deleted first: a newer chunk goes behind the chunks that were put before it.
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
