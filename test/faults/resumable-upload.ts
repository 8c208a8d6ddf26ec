/** Requests of the tus protocol to one or several web processes. */
import { type ClientRequest, request } from "node:http";

export interface TestUpload {
  id: string;
  /** @param to the address of another web process */
  offset(to?: string): Promise<number>;
  patch(offset: number, bytes: Uint8Array, to?: string): Promise<Response>;
  /** Begins a request whose body the test writes. */
  begin(offset: number, to?: string): ClientRequest;
}

/** Creates an upload. @param size bytes of the file */
export async function resumableUpload(
  url: string,
  authorization: string,
  size: number,
): Promise<TestUpload> {
  const path = "/api/uploads/resumable";
  const headers = { authorization, "tus-resumable": "1.0.0" };
  const chunk = (offset: number) => ({
    ...headers,
    "upload-offset": String(offset),
    "content-type": "application/offset+octet-stream",
  });
  const init = { method: "POST", headers: { ...headers, "upload-length": String(size) } };
  const created = await fetch(url + path, init);
  if (created.status !== 201) throw new Error(`${created.status} ${await created.text()}`);
  const location = created.headers.get("location")!;
  return {
    id: location.split("/").at(-1)!,
    async offset(to = url) {
      const answer = await fetch(to + location, { method: "HEAD", headers });
      if (answer.status !== 200) throw new Error(`HEAD was answered with ${answer.status}`);
      return Number(answer.headers.get("upload-offset"));
    },
    patch: (offset, bytes, to = url) =>
      fetch(to + location, { method: "PATCH", headers: chunk(offset), body: bytes as never }),
    begin(offset, to = url) {
      const length = { "content-length": String(size - offset) };
      const all = { ...chunk(offset), ...length };
      const sending = request(to + location, { method: "PATCH", headers: all });
      sending.on("error", () => {});
      // Node would wait for the first byte of the body.
      sending.flushHeaders();
      return sending;
    },
  };
}
