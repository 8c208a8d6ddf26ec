/** On /previews: filters the tree, and gives each frame the size of its page. */

/** A page on a wide screen, px; shown smaller where there is less room. */
const wideWidth = 1100;
const maxHeight = 2400;
const minHeight = 48;

/** @param {HTMLIFrameElement} frame */
function fit(frame) {
  const box = frame.parentElement;
  const page = frame.contentDocument?.documentElement;
  if (!box || !page?.querySelector("body > *")) return;
  const isGallery = frame.closest(".gallery") !== null;
  const isWide = frame.closest(".wide") !== null;
  const scale = isWide ? Math.min(1, box.clientWidth / wideWidth) : 1;
  if (isWide) frame.style.width = `${box.clientWidth / scale}px`;
  frame.style.transform = `scale(${scale})`;
  // The page is as high as its frame where that is higher.
  const body = frame.contentDocument?.body.getBoundingClientRect().height ?? 0;
  const height = isGallery
    ? box.clientHeight / scale
    : Math.min(maxHeight, Math.max(minHeight, Math.ceil(body)));
  frame.style.height = `${height}px`;
  if (!isGallery) box.style.height = `${height * scale}px`;
}

/** @param {HTMLIFrameElement} frame */
function follow(frame) {
  if (!frame.contentDocument?.body) return;
  fit(frame);
  new ResizeObserver(() => fit(frame)).observe(frame.contentDocument.body);
}

// Captured, because the event does not bubble, and a morph may bring new frames.
document.addEventListener(
  "load",
  ({ target }) => target instanceof HTMLIFrameElement && follow(target),
  true,
);
for (const frame of document.querySelectorAll("iframe")) follow(frame);
addEventListener("resize", () => {
  for (const frame of document.querySelectorAll("iframe")) fit(frame);
});

const search = document.getElementById("search");
search?.addEventListener("input", () => {
  if (!(search instanceof HTMLInputElement)) return;
  const words = search.value.toLowerCase().split(/\s+/);
  /** @type {NodeListOf<HTMLElement>} */
  const items = document.querySelectorAll(".tree li");
  for (const item of items) {
    const name = item.dataset.name?.toLowerCase() ?? "";
    item.hidden = !words.every((word) => name.includes(word));
  }
  for (const folder of document.querySelectorAll(".tree section")) {
    if (folder instanceof HTMLElement) folder.hidden = !folder.querySelector("li:not([hidden])");
  }
  const nothing = document.getElementById("nothing");
  if (nothing) nothing.hidden = document.querySelector(".tree li:not([hidden])") !== null;
});
addEventListener("keydown", (event) => {
  if (event.key !== "/" || document.activeElement === search) return;
  event.preventDefault();
  search?.focus();
});

export {};
