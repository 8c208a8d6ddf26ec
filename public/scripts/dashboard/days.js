/** The days of the filter are those of the person's own place. */
const finder = document.querySelector(".finder");
const when = document.getElementById("filter-when");
const days = [...document.querySelectorAll(".days input")];

when?.addEventListener("change", () => {
  if (when.value !== "dates") for (const day of days) day.value = "";
});
for (const day of days) day.addEventListener("input", () => (when.value = "dates"));

finder?.addEventListener("formdata", ({ formData }) => {
  if (when.value) formData.set("zone", Intl.DateTimeFormat().resolvedOptions().timeZone);
  // What is empty makes an address long and says nothing.
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
});
