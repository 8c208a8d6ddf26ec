/** Sends a form once even if its button is clicked twice, and shows that it was sent. */

/**
 * The forms that were sent, with the buttons that were disabled; the clicked one is first.
 * @type {Map<HTMLFormElement, HTMLButtonElement[]>}
 */
const sentForms = new Map();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form.method !== "post")
    return;
  if (sentForms.has(form)) return event.preventDefault();
  const buttons = [...form.elements]
    .filter((element) => element instanceof HTMLButtonElement)
    .filter(({ type, disabled }) => type === "submit" && !disabled)
    .sort((a, b) => Number(b === event.submitter) - Number(a === event.submitter));
  sentForms.set(form, buttons);
  // After the submission: the browser leaves the value of a disabled button out of it.
  setTimeout(() => setDisabled(buttons, true));
  // A download does not leave the page. An upload may take long, and keeps its buttons disabled.
  if (form.enctype !== "multipart/form-data") setTimeout(restore, 5000, form);
});

// The back/forward cache returns a page with its buttons still disabled.
addEventListener("pageshow", () => [...sentForms.keys()].forEach(restore));

/** @param {HTMLFormElement} form */
function restore(form) {
  setDisabled(sentForms.get(form) ?? [], false);
  sentForms.delete(form);
}

/** @param {HTMLButtonElement[]} buttons @param {boolean} disabled */
function setDisabled(buttons, disabled) {
  for (const button of buttons) button.disabled = disabled;
  buttons[0]?.setAttribute("aria-busy", String(disabled));
}
