/** Uploads files one after another, and goes on to the form of the first. */
import { announce, countOf } from "../announce.js";
import { bytesText, progressText } from "./progress-text.js";
import { UploadRow } from "./row.js";
import { TransferRate } from "./transfer-rate.js";
import { UploadError } from "./tus-client.js";
import { giveUp, uploadFile } from "./upload-file.js";

/**
 * @typedef {{
 *   file: File,
 *   row: UploadRow,
 *   state: "waiting" | "running" | "broken" | "refused" | "done",
 *   abort: AbortController,
 *   id: string,
 * }} Entry `id` is that of the upload, empty until it is done
 */

/** Texts change at most this often, ms. */
const redrawMs = 250;

/**
 * @param {HTMLFormElement} form is hidden while there are files
 * @param {HTMLElement} list
 */
export function createQueue(form, list) {
  /** @type {Entry[]} */
  let entries = [];

  /** @param {File[]} files */
  function add(files) {
    for (const file of files) {
      /** @type {Entry} */
      const entry = {
        ...{ file, state: "waiting", id: "", abort: new AbortController() },
        row: new UploadRow(file, {
          onResume: () => {
            setState(entry, "waiting", "Waiting");
            startNext();
          },
          onCancel: () => cancel(entry),
        }),
      };
      entries.push(entry);
      list.append(entry.row.element);
      setState(entry, "waiting", "Waiting");
    }
    startNext();
  }

  /** @param {Entry} entry @param {Entry["state"]} state @param {string} text */
  function setState(entry, state, text) {
    entry.state = state;
    entry.row.show(state, text);
  }

  function startNext() {
    const isActive = entries.length > 0;
    list.hidden = !isActive;
    form.toggleAttribute("data-uploading", isActive);
    if (entries.some(({ state }) => state === "running")) return;
    const next = entries.find(({ state }) => state === "waiting");
    if (next) return void run(next);
    goOn();
  }

  /** @param {Entry} entry */
  async function run(entry) {
    const { file, row } = entry;
    const rate = new TransferRate();
    let sent = 0;
    let drawnAt = 0;
    entry.abort = new AbortController();
    setState(entry, "running", "Starting");
    announce(`Uploading ${file.name}`);
    try {
      entry.id = await uploadFile(file, {
        signal: entry.abort.signal,
        onProgress(bytes) {
          const now = performance.now();
          sent = bytes;
          rate.add(sent, now);
          if (now - drawnAt < redrawMs && sent < file.size) return;
          drawnAt = now;
          row.setProgress(sent, file.size);
          const text = progressText(sent, file.size, rate.bytesPerSecond);
          row.show("running", sent < file.size ? text : "Finishing");
        },
        onInterruption() {
          rate.reset();
          const at = sent > 0 ? ` at ${bytesText(sent, file.size)}` : "";
          row.show("retrying", `Connection lost${at}. Trying again`);
        },
      });
      row.setProgress(1, 1);
      setState(entry, "done", "Uploaded");
      announce(`${file.name} is uploaded`);
    } catch (error) {
      const stored = sent > 0 ? ` ${bytesText(sent, file.size)} are uploaded.` : "";
      if (!entry.abort.signal.aborted) fail(entry, error, stored);
    }
    startNext();
  }

  /** @param {Entry} entry @param {unknown} error @param {string} stored " 12.4 of 40 MB are uploaded.", or empty */
  function fail(entry, error, stored) {
    const { status, message } = error instanceof UploadError ? error : { status: 0, message: "" };
    if (status === 401) {
      setState(entry, "broken", "You were signed out. Sign in, then resume.");
      entry.row.addLink("/sign-in", "Sign in");
    } else if (status === 0) {
      setState(entry, "broken", `Connection lost.${stored}`);
    } else if (status >= 500) {
      setState(entry, "broken", `${message || "The server failed."}${stored}`);
    } else {
      setState(entry, "refused", message || "The server refused the file");
    }
    announce(
      `${entry.file.name}: ${entry.row.element.querySelector(".upload-status")?.textContent}`,
    );
  }

  /** @param {Entry} entry */
  function cancel(entry) {
    entry.abort.abort();
    entries = entries.filter((each) => each !== entry);
    entry.row.element.remove();
    announce(`Cancelled ${entry.file.name}`);
    void giveUp(entry.file);
    startNext();
    if (entries.length === 0) form.querySelector("input")?.focus();
  }

  /** Opens the form of the first file, or offers it while some files still need a decision. */
  function goOn() {
    const done = entries.filter(({ state }) => state === "done");
    const link = nextLink(done);
    link.hidden = done.length === 0;
    if (done.length > 0 && done.length === entries.length) location.assign(link.href);
  }

  /** @param {Entry[]} done */
  function nextLink(done) {
    const found = document.getElementById("continue");
    const link = found instanceof HTMLAnchorElement ? found : document.createElement("a");
    const url = new URL(list.dataset.nextHref ?? "", location.href);
    const field = list.dataset.field ?? "";
    const [first, ...more] = done.map(({ id }) => id);
    const before = url.searchParams.get("more_files");
    const following = [...more, ...(before ? [before] : [])].join(",");
    if ("several" in list.dataset) {
      for (const { id } of done) url.searchParams.set(`${field}.${id}`, "on");
    } else if (first) url.searchParams.set(field, first);
    if (following && !("several" in list.dataset)) url.searchParams.set("more_files", following);
    Object.assign(link, { id: "continue", className: "btn primary", href: url.href });
    link.textContent = `Continue with ${countOf(done.length, "file")}`;
    list.after(link);
    return link;
  }

  addEventListener("beforeunload", (event) => {
    if (entries.some(({ state }) => state === "running" || state === "waiting")) {
      event.preventDefault();
    }
  });
  // The back/forward cache returns a page whose files were uploaded already.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) location.reload();
  });

  return { add };
}
