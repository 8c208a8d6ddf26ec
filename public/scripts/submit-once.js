/** A double click sends a form once. */
/** @type {Map<HTMLFormElement, HTMLButtonElement[]>} with the buttons that were put out of use */
const sent = new Map();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (sent.has(form)) return event.preventDefault();
  const isUsable = (element) => element.type === "submit" && !element.disabled;
  const buttons = [...form.elements].filter(isUsable);
  sent.set(form, buttons);
  // Not at once: a disabled button is left out of what is sent.
  setTimeout(() => setDisabled(buttons, true));
  // A download leaves the page where it is; an upload takes as long as it takes.
  if (form.enctype !== "multipart/form-data") setTimeout(restore, 5000, form);
});

// Back at a page as it was left.
addEventListener("pageshow", () => [...sent.keys()].forEach(restore));

/** @param {HTMLFormElement} form */
function restore(form) {
  setDisabled(sent.get(form) ?? [], false);
  sent.delete(form);
}

/** @param {HTMLButtonElement[]} buttons @param {boolean} disabled */
function setDisabled(buttons, disabled) {
  for (const button of buttons) button.disabled = disabled;
}
