/** Shows a field only while another one has the value that it depends on. */
import { findById } from "../elements.js";

const form = findById("job-form", HTMLFormElement);
form?.addEventListener("change", update);
update();

function update() {
  for (const field of form?.querySelectorAll("[data-only-if]") ?? []) {
    if (!(field instanceof HTMLElement)) continue;
    const conditions = [...new URLSearchParams(field.dataset.onlyIf)];
    field.hidden = !conditions.every(([name, value]) => valueOfField(name) === value);
    // A browser checks hidden fields, too, but not those of a disabled set.
    if (field instanceof HTMLFieldSetElement) field.disabled = field.hidden;
    // It is for people without JavaScript, who see the field all the time.
    field.querySelector(":scope > label small, :scope > legend small")?.remove();
  }
}

/** @param {string} name */
function valueOfField(name) {
  const input = form?.elements.namedItem(name);
  return input instanceof HTMLSelectElement || input instanceof HTMLInputElement
    ? input.value
    : undefined;
}
