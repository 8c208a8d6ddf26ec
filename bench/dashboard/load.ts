/** Requests one page repeatedly on keep-alive connections, as fast as the server answers. */
import { connect } from "node:net";
import { serveCalls } from "../support/program.ts";

export type Load = typeof load;

const load = serveCalls({
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
        requestUntil(given, until, (size) => {
          answers++;
          bytes = size;
        }),
      ),
    );
    return { perSecond: (answers * 1_000) / (performance.now() - startedAt), bytes };
  },
});

function requestUntil(
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

/** The length of a response with its head. @throws unless it is a 200 with a Content-Length */
function lengthOf(chunk: Buffer): number {
  const head = chunk.toString("latin1", 0, Math.max(0, chunk.indexOf("\r\n\r\n")));
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (!head.startsWith("HTTP/1.1 200") || !length) throw new Error(`Unexpected response: ${head}`);
  return head.length + 4 + Number(length);
}
