import { connect } from "node:net";

/** Opens streams on a job's page that read what comes and do nothing with it. */
export function watchJob(port: number, cookie: string, id: string, count: number): () => void {
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(port, "127.0.0.1");
    socket.write(streamRequest(port, cookie, `job:${id}`));
    socket.on("error", () => {});
    return socket.resume();
  });
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}

export function streamRequest(port: number, cookie: string, topics: string): string {
  return [
    `GET /live?topics=${topics} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Accept: text/event-stream",
    `Cookie: ${cookie}`,
    "\r\n",
  ].join("\r\n");
}
