/** Shows dates and times of a form in the time zone of the browser, unless the settings name one. */
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

for (const input of document.querySelectorAll("input[data-utc]")) {
  if (!(input instanceof HTMLInputElement)) continue;
  const zoneField = input.form?.elements.namedItem(`${input.name}.zone`);
  if (!(zoneField instanceof HTMLInputElement) || "fromSettings" in zoneField.dataset) continue;
  const text = localText(input.dataset.utc ?? "");
  if (text) input.value = text;
  zoneField.value = zone;
  const place = zoneField.previousElementSibling?.querySelector("b");
  if (place) place.textContent = zone.replaceAll("_", " ");
}

/** @param {string} utc @returns {string} "2026-12-24T02:00", or empty for an invalid time */
function localText(utc) {
  const date = new Date(utc);
  if (Number.isNaN(date.getTime())) return "";
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
  return local.slice(0, date.getSeconds() === 0 ? 16 : 19);
}
