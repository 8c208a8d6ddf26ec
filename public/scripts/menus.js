/** The menus of the header: a click elsewhere or Escape closes them, and the tray counts what is left. */
const menus = [...document.querySelectorAll(".menu")];

addEventListener("click", ({ target }) => {
  for (const menu of menus) if (!menu.contains(target)) menu.open = false;
});
addEventListener("keydown", ({ key }) => {
  const open = menus.find((menu) => menu.open);
  if (key !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

const tray = document.getElementById("tray");
document.addEventListener("live:swapped", ({ target }) => {
  if (!tray?.contains(target)) return;
  const ended = tray.querySelectorAll(".row:is(.done, .failed, .cancelled)").length;
  // "99+" stays.
  const count = tray.querySelector("b");
  if (!count.textContent.includes("+")) count.textContent = String(tray.dataset.count - ended);
});
