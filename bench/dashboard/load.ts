/** Asks for one page over and over on kept connections, as fast as it is answered. */
import { connect } from "node:net";
import { answer } from "../support/program.ts";

export type Load = typeof load;

const load = answer({
  async ask(given: {
    port: number;
    path: string;
    cookie: string;
    connections: number;
    ms: number;
  }): Promise<{ perSecond: number; bytes: number }> {
    const until = performance.now() + given.ms;
    const startedAt = performance.now();
    let answers = 0;
    let bytes = 0;
    await Promise.all(
      Array.from({ length: given.connections }, () =>
        askUntil(given, until, (size) => {
          answers++;
          bytes = size;
        }),
      ),
    );
    return { perSecond: (answers * 1_000) / (performance.now() - startedAt), bytes };
  },
});

function askUntil(
  { port, path, cookie }: { port: number; path: string; cookie: string },
  until: number,
  onAnswer: (bytes: number) => void,
): Promise<void> {
  const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${cookie}\r\n\r\n`;
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let received = 0;
  let expected = 0;
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("connect", () => socket.write(request));
    socket.on("data", (chunk) => {
      if (received === 0) expected = lengthOf(chunk);
      received += chunk.length;
      if (received < expected) return;
      onAnswer(received);
      received = 0;
      if (performance.now() < until) socket.write(request);
      else {
        socket.destroy();
        resolve();
      }
    });
  });
}

/** Of the whole answer, its head included. @throws where it is none, or does not say its length */
function lengthOf(chunk: Buffer): number {
  const head = chunk.toString("latin1", 0, Math.max(0, chunk.indexOf("\r\n\r\n")));
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (!head.startsWith("HTTP/1.1 200") || !length) throw new Error(`An answer of no use: ${head}`);
  return head.length + 4 + Number(length);
}
