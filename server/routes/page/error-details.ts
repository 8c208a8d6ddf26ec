/** In development: the page of an unexpected error, with its place in the code. */
import type { Context } from "hono";
import { html, raw } from "hono/html";
import { assetHref } from "../../assets/href.ts";
import { explainError } from "../../development/explain-error.ts";
import type { ErrorDetails, ErrorDetailsPage } from "../../presenters/error-details.ts";
import type { Renderer } from "../../render.ts";
import type { Env } from "../../services.ts";
import { currentPerson, layoutFor, type PageServices } from "./layout.ts";

export async function renderErrorDetails(
  c: Context<Env>,
  services: PageServices,
  thrown: unknown,
): Promise<Response> {
  await currentPerson(c, services).catch(() => null);
  const error = explainError(thrown);
  const layout = layoutFor(c, services, { title: error.name, section: null });
  return c.html(renderAnyhow(services, { layout, error }), 500);
}

/** The error may be in a template of this very page: the layout, the header, the page itself. */
function renderAnyhow({ render }: PageServices, page: ErrorDetailsPage) {
  try {
    return render.page("errors/details", page);
  } catch {
    return errorDocument(render, page.error);
  }
}

/** The page of an error without the layout. */
export function errorDocument(render: Renderer, error: ErrorDetails) {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>${error.name}</title>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${assetHref("app.css")}">
  <script src="/dev/reload.js" defer></script>
</head>
<body><main id="main">${errorBody(render, error)}</main></body>
</html>`;
}

function errorBody(render: Renderer, error: ErrorDetails) {
  try {
    return raw(render.partial("errors/details", { error } as ErrorDetailsPage));
  } catch {
    return html`<h1>${error.message}</h1><p>${error.place}</p>`;
  }
}
