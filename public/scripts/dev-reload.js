/**
 * In development: follows changes without losing scroll, opened parts and typed text. A changed template
 * or kind changes the elements that differ, a style replaces the stylesheet. A mistake is shown on top
 * of the page as it was before.
 */
import { Idiomorph } from "idiomorph";
import { showProblems, showTrouble } from "./dev/problems.js";
import { rememberInput } from "./dev/remember-input.js";

/** The answer to a form cannot be asked for again. */
const isAnswer = document.currentScript?.getAttribute("src")?.endsWith("?answer") ?? false;
/** Names the process that served the page. @type {string | undefined} */
let processName;
/** @type {EventSource | undefined} */
let stream;

/** Frames of a page are told by it, because a browser opens only six connections to one server. */
if (window.top === window) follow();
addEventListener("message", ({ data, origin }) => {
  if (origin === location.origin && typeof data?.devChange === "string")
    void change(data.devChange);
});

function follow() {
  stream = new EventSource("/dev/events");
  stream.addEventListener("process", ({ data }) => {
    if (processName && processName !== data) void change("page");
    processName = data;
  });
  for (const name of ["page", "styles", "scripts"]) {
    stream.addEventListener(name, () => void change(name));
  }
  stream.addEventListener("problems", ({ data }) => showProblems(JSON.parse(data)));
  addEventListener("pagehide", () => stream?.close());
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}

/** @param {string} name */
async function change(name) {
  for (const { contentWindow } of document.querySelectorAll("iframe")) {
    contentWindow?.postMessage({ devChange: name }, location.origin);
  }
  if (name === "scripts") return location.reload();
  if (isAnswer && name === "page") return;
  // A page that was loaded with an error has nothing to keep.
  if (document.querySelector("main .error-details")) return location.reload();
  const next = await load();
  if (!next) return;
  if (name === "styles") return replaceStyles(next);
  if (hasOtherScripts(next)) return location.reload();
  replaceStyles(next);
  morph(next);
}

/** @returns {Promise<Document | undefined>} undefined if the page cannot be shown now */
async function load() {
  const response = await fetch(location.href, { cache: "no-store" }).catch(() => undefined);
  // The stream tells of the next process once it is there.
  if (!response) return undefined;
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  const trouble = next.querySelector(".error-details");
  showTrouble(trouble);
  return trouble || response.redirected ? undefined : next;
}

/** @param {Document} next */
function hasOtherScripts(next) {
  /** @param {Document} page */
  const scripts = (page) => [...page.scripts].map((script) => script.getAttribute("src")).join();
  return scripts(document) !== scripts(next);
}

/** The old styles stay until the new ones are there. @param {Document} next */
function replaceStyles(next) {
  const selector = "link[rel=stylesheet]";
  const link = document.querySelector(selector);
  const href = next.querySelector(selector)?.getAttribute("href");
  if (!(link instanceof HTMLLinkElement) || !href || link.getAttribute("href") === href) return;
  const replacement = document.createElement("link");
  replacement.rel = "stylesheet";
  replacement.href = href;
  replacement.addEventListener("load", () => link.remove());
  link.after(replacement);
}

/** @param {Document} next */
function morph(next) {
  document.title = next.title;
  const restoreInput = rememberInput();
  Idiomorph.morph(document.body, next.body, {
    morphStyle: "outerHTML",
    ignoreActiveValue: true,
    restoreFocus: true,
    callbacks: {
      // Scripts have put these into the page.
      beforeNodeMorphed: (node) => !(node instanceof Element && node.hasAttribute("hx-preserve")),
      beforeNodeRemoved: (node) => !(node instanceof Element && node.id.startsWith("dev-")),
      beforeAttributeUpdated: (name, node) =>
        !(name === "open" && node instanceof HTMLDetailsElement),
    },
  });
  restoreInput();
  // Previews and the page of an error in the layout have no htmx.
  if ("htmx" in window) htmx.process(document.body);
  document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: document.body } }));
}
