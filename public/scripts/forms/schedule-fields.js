/** The fields of a job's form that schedule its start: fills in the time zone of the browser. */
import { findById } from "../elements.js";

const zone = findById("when-zone", HTMLInputElement);
const zoneName = findById("when-place", HTMLElement);
const choice = findById("when", HTMLSelectElement);
const time = findById("when-at", HTMLInputElement);

// A zone from the person's settings stays.
if (zone && zoneName && !("fromSettings" in zone.dataset)) {
  zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  zoneName.textContent = zone.value.replaceAll("_", " ");
}
time?.addEventListener("input", () => {
  if (choice) choice.value = time.value ? "at" : "now";
});
