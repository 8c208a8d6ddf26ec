/** Runs on the page that asks for a file, behind app.js. */
import { findById, getById } from "./elements.js";
import { onDrop } from "./upload/drop.js";
import { createQueue } from "./upload/queue.js";

const list = findById("uploads", HTMLElement);
const form = findById("job-form", HTMLFormElement);
const input = form?.querySelector('input[type="file"]');

if (list && form && input instanceof HTMLInputElement) {
  const queue = createQueue(form, list);
  input.multiple = true;
  getById("drop-hint", HTMLElement).hidden = false;
  form.addEventListener("submit", (event) => {
    // The browser asks for a file if there is none.
    if (!input.files?.length) return;
    event.preventDefault();
    queue.add([...input.files]);
  });
  onDrop((files) => queue.add(files));
}
