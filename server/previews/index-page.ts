/** /previews: a tree of the templates, and frames that show one of them in its states. */
import { html } from "hono/html";
import { type Scheme, schemes } from "./frame.ts";
import type { Preview } from "./list-previews.ts";

type Html = ReturnType<typeof html>;

export const everyState = "all";

export interface Choice {
  /** A search in the names, or "". */
  q: string;
  /** Undefined on /previews itself. */
  preview: Preview | undefined;
  /** The name of a state, or `everyState`. */
  state: string;
  /** The address of a stylesheet with the design tokens. */
  css: string;
}

export function indexPage(previews: readonly Preview[], choice: Choice): Html {
  const { preview, q, css } = choice;
  const title = preview ? `${preview.name} · Previews` : "Previews";
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>${title}</title>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <link rel="stylesheet" href="${css}">
  <link rel="stylesheet" href="/previews/previews.css">
  <script src="/previews/previews.js" defer></script>
  <script src="/dev/reload.js" defer></script>
</head>
<body class="previews">
  ${sidebar(previews, preview, q)}
  <main id="main" tabindex="-1">${preview ? previewOf(preview, choice.state) : overview(previews, q)}</main>
</body>
</html>` as Html;
}

function sidebar(previews: readonly Preview[], current: Preview | undefined, q: string): Html {
  const found = previews.filter(({ name }) => name.includes(q));
  return html`<nav class="tree" aria-label="Templates">
    <p class="title"><a href="/previews">Previews</a> <a href="/jobs">Application</a></p>
    <form action="/previews" role="search">
      <input id="search" type="search" name="q" value="${q}" placeholder="Search templates"
        aria-label="Search templates" autocomplete="off" spellcheck="false">
    </form>
    <details class="templates" id="templates" open>
      <summary id="templates-toggle">${found.length} templates</summary>
      ${[...byFolder(found)].map(
        ([folder, templates]) => html`<section class="folder">
        <h2>${folder}</h2>
        <ul>${templates.map((each) => treeItem(each, folder, each === current))}</ul>
      </section>`,
      )}
      <p class="nothing" id="nothing"${found.length > 0 ? html` hidden` : ""}>No template has this name.</p>
    </details>
  </nav>` as Html;
}

function treeItem({ name, states }: Preview, folder: string, isCurrent: boolean): Html {
  const label = name.slice(folder === "layout" ? 0 : folder.length + 1);
  return html`<li data-name="${name}"><a href="/previews/${name}"${isCurrent ? html` aria-current="page"` : ""}>${label}
    <small>${states.size}</small></a></li>` as Html;
}

function byFolder(previews: readonly Preview[]): Map<string, Preview[]> {
  return Map.groupBy(previews, ({ name }) => name.replace(/\/[^/]+$/, ""));
}

function overview(previews: readonly Preview[], q: string): Html {
  const pages = previews.filter(({ isPage, name }) => isPage && name.includes(q));
  return html`<h1>Every template in every state</h1>
    <p class="lead">Choose one on the left. Save a template, a style or an example, and it is shown at once.</p>
    <ul class="gallery">
      ${pages.map((page) => {
        const [state = ""] = page.states.keys();
        return html`<li><a href="/previews/${page.name}"><b>${page.name}</b> <small>${countOf(page)}</small></a>
        ${frame(page, state, { scheme: "light", width: "wide" })}</li>`;
      })}
    </ul>` as Html;
}

function previewOf(preview: Preview, state: string): Html {
  const { name, about, states } = preview;
  const shown = state === everyState ? [...states.keys()] : [state];
  return html`<header class="heading">
      <p class="breadcrumb"><a href="/previews">Previews</a></p>
      <h1>${name}</h1>
      <p><code>views/${name}.eta</code>${about && html` <span>${about}</span>`}</p>
    </header>
    ${states.size > 1 ? stateChooser(preview, state) : ""}
    ${states.size === 0 ? html`<p class="lead">It has no example yet. Add one to <code>server/previews/examples/</code>.</p>` : ""}
    ${shown.map((each) => looksOf(preview, each, shown.length > 1))}` as Html;
}

function stateChooser({ name, states }: Preview, current: string): Html {
  const names = [...states.keys(), everyState];
  return html`<nav class="states" aria-label="States"><ul>${names.map(
    (each) =>
      html`<li><a href="/previews/${name}?state=${encodeURIComponent(each)}"${
        each === current ? html` aria-current="true"` : ""
      }>${each === everyState ? "All states" : stateLabel(each)}</a></li>`,
  )}</ul></nav>` as Html;
}

function looksOf(preview: Preview, state: string, isTitled: boolean): Html {
  const framesOf = (width: Look["width"]) =>
    schemes.map((scheme) => frame(preview, state, { width, scheme }));
  return html`<section class="looks">
    ${isTitled ? html`<h2>${stateLabel(state)}</h2>` : ""}
    <div class="phones">${framesOf("phone")}</div>
    <div class="wides">${framesOf("wide")}</div>
  </section>` as Html;
}

interface Look {
  width: "phone" | "wide";
  scheme: Scheme;
}

function frame({ name }: Preview, state: string, { width, scheme }: Look): Html {
  const query = new URLSearchParams({ state, scheme });
  const src = `/previews/frames/${name}?${query}`;
  const label = `${width === "phone" ? "Phone" : "Wide"}, ${scheme}`;
  return html`<figure class="${width} ${scheme}">
    <figcaption>${label} <a href="${src}" target="_blank" aria-label="Open ${label} in a tab">↗</a></figcaption>
    <div><iframe src="${src}" title="${name}, ${stateLabel(state)}, ${label}" loading="lazy"
      sandbox="allow-scripts allow-same-origin"></iframe></div>
  </figure>` as Html;
}

function countOf({ states }: Preview): string {
  return states.size === 1 ? "1 state" : `${states.size} states`;
}

/** @returns "unknown total" of "unknownTotal", "no match" of "no-match" */
function stateLabel(state: string): string {
  return state
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("-", " ")
    .toLowerCase();
}
