/** One template in one state, as a document for a frame of /previews. */
import { html, raw } from "hono/html";
import { assetHref } from "../assets/href.ts";
import type { LayoutData } from "../presenters/layout.ts";
import type { Renderer } from "../render.ts";
import type { PageName, TemplateName } from "../templates.ts";
import { surroundings } from "./examples/partials.ts";
import type { Preview } from "./list-previews.ts";

export const schemes = ["light", "dark"] as const;
export type Scheme = (typeof schemes)[number];

type LayoutExample = LayoutData & { body: string };

const reloadScript = "/dev/reload.js";

/** @throws TemplateError */
export function renderFrame(
  render: Renderer,
  { name, isPage, states }: Preview,
  state: string,
  scheme: Scheme,
): string {
  const data = states.get(state);
  const css = schemedHref(scheme);
  // A frame follows no jobs: those of the examples do not exist.
  const frameLayout = { topics: [], refresh: null, css, devScript: reloadScript };
  if (name === "layout")
    return render.partial(name, { ...(data as LayoutExample), ...frameLayout });
  if (!isPage) {
    const icons = name === "shared/icons" ? "" : render.partial("shared/icons", {});
    return partialDocument(name, icons, renderPartial(render, name, data), css);
  }
  const { layout } = data as { layout: LayoutData };
  const framed = { ...(data as object), layout: { ...layout, ...frameLayout } };
  return render.page(name as PageName, framed as never);
}

function renderPartial(render: Renderer, name: string, data: unknown): string {
  const [before, behind] = surroundings[name as keyof typeof surroundings] ?? ["", ""];
  return `${before}${render.partial(name as TemplateName, data as never)}${behind}`;
}

function partialDocument(title: string, icons: string, body: string, css: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>${title}</title>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${css}">
  <link rel="stylesheet" href="/previews/previews.css">
  <script src="${reloadScript}" defer></script>
</head>
<body class="frame" data-topics="">${raw(icons)}<main id="main">${raw(body)}</main></body>
</html>`.toString();
}

function schemedHref(scheme: Scheme): string {
  return assetHref("app.css").replace("/app.css?", `/previews/app.css?scheme=${scheme}&`);
}

/** @returns the stylesheet of the pages with one of its colour schemes, whatever the browser prefers */
export function withScheme(css: string, scheme: Scheme): string {
  return css
    .replaceAll(/\(prefers-color-scheme:\s*(light|dark)\)/g, (_, wanted: string) =>
      wanted === scheme ? "(min-width: 0)" : "(max-width: 0)",
    )
    .replaceAll(/color-scheme:\s*light dark/g, `color-scheme: ${scheme}`);
}
