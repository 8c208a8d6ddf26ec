/** The row of one file: its name and size, the bar, and the buttons. */
import { formatBytes } from "../../../server/text/bytes.ts";
import { getById } from "../elements.js";

let rows = 0;

export class UploadRow {
  #name;
  #item;
  #bar;
  #status;
  #resume;
  #cancel;

  /**
   * @param {File} file
   * @param {{ onResume: () => void, onCancel: () => void }} actions
   */
  constructor(file, { onResume, onCancel }) {
    const template = getById("upload-template", HTMLTemplateElement);
    const item = template.content.firstElementChild?.cloneNode(true);
    if (!(item instanceof HTMLElement)) throw new Error("The template of an upload is empty");
    const [resume, cancel] = item.querySelectorAll("button");
    const [bar, status] = [item.querySelector("progress"), item.querySelector(".upload-status")];
    if (!bar || !status || !resume || !cancel)
      throw new Error("The template of an upload lacks parts");
    this.#name = file.name;
    this.#item = item;
    this.#bar = bar;
    this.#status = status;
    this.#resume = resume;
    this.#cancel = cancel;
    for (const [selector, text] of [
      ["b", file.name],
      [".uploaded-file span", formatBytes(file.size)],
    ]) {
      const element = item.querySelector(selector ?? "");
      if (element) element.textContent = text ?? "";
    }
    bar.setAttribute("aria-label", `Upload of ${file.name}`);
    for (const button of [resume, cancel]) button.id += `-${rows}`;
    rows++;
    resume.addEventListener("click", onResume);
    cancel.addEventListener("click", onCancel);
  }

  get element() {
    return this.#item;
  }

  /** @param {"waiting" | "running" | "retrying" | "broken" | "refused" | "done"} state @param {string} text */
  show(state, text) {
    this.#item.dataset.state = state;
    // The style of the bar is that of a job in this state.
    this.#item.className = state === "retrying" || state === "broken" ? "retrying" : state;
    this.#status.textContent = text;
    const hadFocus = document.activeElement === this.#resume;
    this.#resume.hidden = state !== "broken";
    if (hadFocus && this.#resume.hidden) this.#cancel.focus();
    this.#cancel.hidden = state === "done";
    const verb = state === "refused" ? "Remove" : "Cancel";
    this.#cancel.textContent = verb;
    this.#cancel.setAttribute("aria-label", `${verb} ${this.#name}`);
    this.#bar.hidden = state === "refused" || state === "waiting";
  }

  /** @param {number} sent @param {number} size in bytes */
  setProgress(sent, size) {
    this.#bar.value = sent / size;
  }

  /** Adds a link behind the text. @param {string} href @param {string} text */
  addLink(href, text) {
    const link = Object.assign(document.createElement("a"), { href, target: "_blank" });
    link.textContent = text;
    this.#status.append(" ", link);
  }
}
