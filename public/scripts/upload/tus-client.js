/** The requests of the tus protocol: https://tus.io/protocols/resumable-upload */

const endpoint = "/api/uploads/resumable";
/** A connection that moves no byte for this long is taken for lost, ms. */
const maxSilenceMs = 20_000;
/** The server may read a large file once more before it answers, ms. */
const maxFinishMs = 300_000;

export class UploadError extends Error {
  /**
   * @param {number} status of HTTP; 0 if there was no answer
   * @param {string} message a sentence of the server
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }

  /** Whether the same request may succeed a little later. */
  get isTemporary() {
    return (
      [0, 404, 408, 409, 410, 429].includes(this.status) ||
      (this.status >= 500 && this.status !== 507)
    );
  }
}

/** @param {File} file @param {AbortSignal} signal @returns {Promise<string>} the address of a new upload */
export async function createUpload(file, signal) {
  const metadata = `filename ${base64(file.name)},filetype ${base64(file.type)}`;
  const headers = { "Upload-Length": String(file.size), "Upload-Metadata": metadata };
  const answer = await send("POST", endpoint, { headers, signal });
  return answer.getResponseHeader("Location") ?? "";
}

/** @param {string} url @param {AbortSignal} signal @returns {Promise<number>} the bytes that the server has */
export async function getOffset(url, signal) {
  const answer = await send("HEAD", url, { signal });
  return Number(answer.getResponseHeader("Upload-Offset"));
}

/**
 * Sends the bytes of the file behind the offset.
 * @param {string} url
 * @param {File} file
 * @param {number} offset
 * @param {{ signal: AbortSignal, onProgress: (bytes: number) => void }} options `onProgress` gets the bytes
 *   of the file that have been sent
 */
export async function sendBytes(url, file, offset, { signal, onProgress }) {
  const headers = {
    "Upload-Offset": String(offset),
    "Content-Type": "application/offset+octet-stream",
  };
  await send("PATCH", url, {
    headers,
    signal,
    body: file.slice(offset),
    onProgress: (sent) => onProgress(offset + sent),
  });
}

/** @param {string} url */
export async function deleteUpload(url) {
  await send("DELETE", url, { signal: new AbortController().signal });
}

/**
 * Uses XMLHttpRequest, because `fetch` tells nothing about the progress of a request.
 * @param {string} method
 * @param {string} url
 * @param {{ headers?: Record<string, string>, body?: Blob, signal: AbortSignal, onProgress?: (sent: number) => void }} options
 * @returns {Promise<XMLHttpRequest>}
 */
function send(method, url, { headers = {}, body, signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    let timer = setTimeout(abort, maxSilenceMs);
    /** @param {number} ms */
    function wait(ms) {
      clearTimeout(timer);
      timer = setTimeout(abort, ms);
    }
    request.open(method, url);
    for (const [name, value] of Object.entries({ ...headers, "Tus-Resumable": "1.0.0" })) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = ({ loaded }) => {
      wait(maxSilenceMs);
      onProgress?.(loaded);
    };
    request.upload.onload = () => wait(maxFinishMs);
    request.onloadend = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      if (request.status >= 200 && request.status < 300) resolve(request);
      else reject(new UploadError(request.status, detailOf(request)));
    };
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    request.send(body);
  });
}

/** @param {XMLHttpRequest} request @returns the server's sentence about what is wrong, or empty */
function detailOf({ responseText }) {
  try {
    return String(JSON.parse(responseText).detail ?? "");
  } catch {
    return "";
  }
}

/** @param {string} text @returns its UTF-8 in Base64 */
function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
