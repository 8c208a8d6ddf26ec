/** Files that are dropped anywhere on the page. */

/** @param {(files: File[]) => void} onFiles */
export function onDrop(onFiles) {
  // Entering a child precedes leaving its parent, so the depth is 0 only outside of the page.
  let depth = 0;

  /** @param {number} to */
  function setDepth(to) {
    depth = to;
    document.body.toggleAttribute("data-dropping", depth > 0);
  }

  addEventListener("dragenter", (event) => {
    if (hasFiles(event)) setDepth(depth + 1);
  });
  addEventListener("dragleave", (event) => {
    if (hasFiles(event)) setDepth(Math.max(0, depth - 1));
  });
  // Without this the browser would open the file.
  addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    setDepth(0);
    const files = filesOf(event);
    if (files.length > 0) onFiles(files);
  });
}

/** @param {DragEvent} event */
function hasFiles({ dataTransfer }) {
  return dataTransfer?.types.includes("Files") ?? false;
}

/** Leaves out folders. @param {DragEvent} event */
function filesOf({ dataTransfer }) {
  const items = [...(dataTransfer?.items ?? [])].filter(({ kind }) => kind === "file");
  return items
    .filter((item) => item.webkitGetAsEntry()?.isDirectory !== true)
    .map((item) => item.getAsFile())
    .filter((file) => file !== null);
}
