/**
 * Makes a list of numbered fields a list to check and to sort, by buttons or by dragging. The numbers
 * stay in hidden inputs, so that the form is the same without JavaScript.
 */

for (const list of document.querySelectorAll(".ordered-list ol")) enhance(list);

/** @param {Element} list */
function enhance(list) {
  const help = list.parentElement?.querySelector(".help");
  if (help) help.textContent = "Drag the fields, or use the arrows, to change their order.";
  for (const item of items(list)) addControls(item);
  /** @type {HTMLElement | undefined} */
  let dragged;
  list.addEventListener("dragstart", (event) => {
    dragged = itemOf(event.target);
    dragged?.classList.add("dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = itemOf(event.target);
    if (!dragged || !over || !(event instanceof DragEvent)) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    if (event.clientY < top + height / 2) over.before(dragged);
    else over.after(dragged);
  });
  list.addEventListener("dragend", () => {
    dragged?.classList.remove("dragged");
    dragged = undefined;
    number();
  });
  list.addEventListener("change", number);
  list.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button");
    const item = itemOf(event.target);
    if (!button || !item) return;
    if (button.dataset.move === "up") item.previousElementSibling?.before(item);
    else item.nextElementSibling?.after(item);
    number();
    button.focus();
  });
  number();

  function number() {
    let place = 0;
    for (const item of items(list)) {
      const isChosen = item.querySelector("input[type=checkbox]:checked") !== null;
      const input = item.querySelector("input[type=hidden]");
      if (isChosen) place++;
      if (input instanceof HTMLInputElement) input.value = isChosen ? String(place) : "";
    }
  }
}

/** @param {HTMLElement} item with a label and a number */
function addControls(item) {
  const label = item.querySelector("label");
  const input = item.querySelector("input");
  if (!label || !input) return;
  const name = label.textContent ?? "";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = input.value !== "";
  box.id = input.id;
  input.removeAttribute("id");
  input.type = "hidden";
  label.prepend(box, " ");
  item.draggable = true;
  item.append(moveButton("up", name), moveButton("down", name));
}

/** @param {"up" | "down"} direction @param {string} name */
function moveButton(direction, name) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.dataset.move = direction;
  button.textContent = direction === "up" ? "↑" : "↓";
  button.setAttribute("aria-label", `Move ${name} ${direction}`);
  return button;
}

/** @param {Element} list @returns {HTMLElement[]} */
function items(list) {
  return [...list.children].filter((child) => child instanceof HTMLElement);
}

/** @param {EventTarget | null} target @returns {HTMLElement | undefined} */
function itemOf(target) {
  const item = target instanceof Element ? target.closest(".ordered-list li") : null;
  return item instanceof HTMLElement ? item : undefined;
}
