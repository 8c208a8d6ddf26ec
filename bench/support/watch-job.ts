import { connect } from "node:net";
import { streamRequest } from "./stream-request.ts";

/** Opens streams of a job and discards their data. @returns a function that closes them */
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
