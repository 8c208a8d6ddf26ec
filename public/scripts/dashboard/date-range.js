/** The filter by dates: they are days of the person's time zone, and typing one selects "dates". */
import { findById } from "../elements.js";

/** @type {HTMLFormElement | null} */
const form = document.querySelector(".filters");
const range = findById("filter-when", HTMLSelectElement);
/** @type {NodeListOf<HTMLInputElement>} */
const days = document.querySelectorAll(".date-range input");

if (range) {
  range.addEventListener("change", () => {
    if (range.value !== "dates") for (const day of days) day.value = "";
  });
  for (const day of days) {
    day.addEventListener("input", () => {
      range.value = "dates";
    });
  }
}

form?.addEventListener("formdata", ({ formData }) => {
  if (range?.value) formData.set("zone", Intl.DateTimeFormat().resolvedOptions().timeZone);
  // Empty fields would only make the address longer.
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
});
