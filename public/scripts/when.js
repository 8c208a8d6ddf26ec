/** On the form of a job: says in which time zone the browser is, and takes a typed time as chosen. */
const zone = document.getElementById("when-zone");
const at = document.getElementById("when-at");

if (zone && !("fixed" in zone.dataset)) {
  zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  document.getElementById("when-place").textContent = zone.value.replaceAll("_", " ");
}
at?.addEventListener("input", () => {
  document.getElementById("when").value = at.value ? "at" : "now";
});
