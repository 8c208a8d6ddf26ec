/**
 * Writes to a response that is sent in chunks. Node makes four parts of each write (the length, a
 * line end, the chunk, a line end) and gathers them again for the system: with a chunk framed
 * beforehand, once for all who get it, a write takes two thirds of the processor's time.
 */
import type { ServerResponse } from "node:http";

export interface Sink {
  /** @returns false when no more should be written until `onDrain` calls */
  write(chunk: Uint8Array): boolean;
  isFull(): boolean;
  onDrain(run: () => void): void;
}

/** @param response whose head has been written */
export function createSink(response: ServerResponse): Sink {
  return {
    write(chunk) {
      const { socket } = response;
      // The last chunk has been sent: what came behind it would be taken for another answer.
      if (response.writableEnded) return false;
      // HTTP/1.0 and HTTP/2 have no chunks.
      if (!socket || !response.chunkedEncoding) return response.write(chunk);
      return socket.write(framed(chunk));
    },
    isFull: () =>
      response.destroyed || (response.socket?.writableNeedDrain ?? response.writableNeedDrain),
    onDrain(run) {
      const { socket } = response;
      response.on("drain", run);
      socket?.on("drain", run);
      // The connection may serve other requests after this one.
      response.on("close", () => socket?.off("drain", run));
    },
  };
}

let last: { chunk: Uint8Array; framed: Uint8Array } | undefined;

/** https://www.rfc-editor.org/rfc/rfc9112#section-7.1 */
function framed(chunk: Uint8Array): Uint8Array {
  // One frame goes to all who watch a job, one after the other.
  if (last?.chunk === chunk) return last.framed;
  const head = `${chunk.length.toString(16)}\r\n`;
  const whole = Buffer.allocUnsafe(head.length + chunk.length + 2);
  whole.write(head, "latin1");
  whole.set(chunk, head.length);
  whole.write("\r\n", head.length + chunk.length, "latin1");
  last = { chunk, framed: whole };
  return whole;
}
