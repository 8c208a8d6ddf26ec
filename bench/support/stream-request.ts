/** The HTTP request for a stream of topics. */
export function streamRequest(port: number, cookie: string, topics: string): string {
  return [
    `GET /live?topics=${topics} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Accept: text/event-stream",
    `Cookie: ${cookie}`,
    "\r\n",
  ].join("\r\n");
}
