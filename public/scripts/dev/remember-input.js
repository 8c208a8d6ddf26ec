/**
 * Remembers what a person typed and chose: the controls that differ from what the page came with.
 * @returns {() => void} a function that puts it back, into the controls with the same ids
 */
export function rememberInput() {
  const restores = [...document.querySelectorAll("input, textarea, select")].flatMap((control) => {
    const restore = changeOf(control);
    return control.id && restore ? [() => restore(document.getElementById(control.id))] : [];
  });
  return () => {
    for (const restore of restores) restore();
  };
}

/** @param {Element} control @returns {((next: Element | null) => void) | undefined} */
function changeOf(control) {
  if (control instanceof HTMLSelectElement) {
    const chosen = [...control.selectedOptions].map(({ value }) => value);
    if ([...control.options].every((option) => option.selected === option.defaultSelected)) return;
    return (next) => {
      if (!(next instanceof HTMLSelectElement)) return;
      for (const option of next.options) option.selected = chosen.includes(option.value);
    };
  }
  if (control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type)) {
    const { checked, defaultChecked } = control;
    if (checked === defaultChecked) return;
    return (next) => {
      if (next instanceof HTMLInputElement) next.checked = checked;
    };
  }
  if (control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement) {
    const { value, defaultValue } = control;
    // A script cannot fill in a file, and hidden values are the server's.
    if (value === defaultValue || ["file", "hidden"].includes(control.type)) return;
    return (next) => {
      if (next instanceof HTMLInputElement || next instanceof HTMLTextAreaElement)
        next.value = value;
    };
  }
}
