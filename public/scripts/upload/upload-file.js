/** Uploads one file, and goes on where a broken connection stopped it. */
import { createUpload, deleteUpload, getOffset, sendBytes, UploadError } from "./tus-client.js";
import { forget, recall, remember } from "./unfinished-uploads.js";

/** Waits before each retry. They end early when the network is back. */
const retryAfterMs = [500, 1_000, 2_000, 4_000, 8_000];

/**
 * @typedef {{
 *   signal: AbortSignal,
 *   onProgress: (bytes: number) => void,
 *   onInterruption: () => void,
 * }} UploadOptions `onProgress` gets the bytes that were sent, `onInterruption` is called before a retry
 */

/**
 * @param {File} file
 * @param {UploadOptions} options
 * @returns {Promise<string>} the id of the upload
 * @throws {UploadError} once nothing more is tried; the next call goes on where this one stopped
 */
export async function uploadFile(file, options) {
  const { signal, onProgress, onInterruption } = options;
  let failures = 0;
  let stored = 0;
  for (;;) {
    try {
      const { url, offset } = await findOrCreate(file, signal);
      if (offset > stored) failures = 0;
      stored = offset;
      onProgress(offset);
      if (offset < file.size) await sendBytes(url, file, offset, options);
      forget(file);
      return url.split("/").at(-1) ?? "";
    } catch (error) {
      const wait = retryAfterMs[failures++];
      if (signal.aborted || wait === undefined) throw error;
      if (!(error instanceof UploadError && error.isTemporary)) throw error;
      onInterruption();
      await pause(wait, signal);
    }
  }
}

/** Deletes what the server has of the file. @param {File} file */
export async function giveUp(file) {
  const url = recall(file);
  forget(file);
  // An upload that cannot be deleted now expires.
  if (url) await deleteUpload(url).catch(() => {});
}

/** @param {File} file @param {AbortSignal} signal */
async function findOrCreate(file, signal) {
  const known = recall(file);
  if (known) {
    try {
      return { url: known, offset: await getOffset(known, signal) };
    } catch (error) {
      // It expired, or somebody else signed in.
      if (!(error instanceof UploadError) || ![403, 404, 410].includes(error.status)) throw error;
      forget(file);
    }
  }
  const url = await createUpload(file, signal);
  remember(file, url);
  return { url, offset: 0 };
}

/** @param {number} ms @param {AbortSignal} signal @returns {Promise<void>} */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener("online", end);
    signal.addEventListener("abort", end);
  });
}
