/**
 * The addresses of unfinished uploads in this browser, so that a file that is chosen again goes on where
 * it stopped. A file is known by its name, size and date. The server checks whose upload it is.
 */
const prefix = "headway-upload:";

/** @param {File} file @returns {string | null} */
export function recall(file) {
  try {
    return localStorage.getItem(keyOf(file));
  } catch {
    // The browser may forbid storage.
    return null;
  }
}

/** @param {File} file @param {string} url */
export function remember(file, url) {
  try {
    localStorage.setItem(keyOf(file), url);
  } catch {
    // Then the file begins again in a new tab.
  }
}

/** @param {File} file */
export function forget(file) {
  try {
    localStorage.removeItem(keyOf(file));
  } catch {
    // Nothing was stored either.
  }
}

/** @param {File} file */
function keyOf({ name, size, lastModified }) {
  return `${prefix}${JSON.stringify([name, size, lastModified])}`;
}
