/** GET /previews, in development only: every template in every state. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { bundle } from "../assets/build.ts";
import { assetHref } from "../assets/href.ts";
import { explainError } from "../development/explain-error.ts";
import { root } from "../development/own-frames.ts";
import type { PageUpdates } from "../development/page-updates.ts";
import { renderFrame, type Scheme, schemes, withScheme } from "../previews/frame.ts";
import { everyState, indexPage } from "../previews/index-page.ts";
import { listPreviews, type Preview } from "../previews/list-previews.ts";
import type { Renderer } from "../render.ts";
import type { Env } from "../services.ts";
import { errorDocument } from "./page/error-details.ts";

const viewsDir = join(root, "views");

/** A page of this site may show these pages in frames. */
const headers = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    imgSrc: ["'self'", "data:"],
    frameAncestors: ["'self'"],
  },
  xFrameOptions: "SAMEORIGIN",
});

export function previewRoutes(
  { render }: { render: Renderer },
  updates: Pick<PageUpdates, "subscribe">,
): Hono<Env> {
  const routes = new Hono<Env>();
  let listed: Promise<Preview[]> | undefined;
  updates.subscribe(({ type }) => {
    if (type === "page") listed = undefined;
  });

  function list(): Promise<Preview[]> {
    listed ??= listPreviews(viewsDir);
    return listed;
  }

  routes.use("/previews/*", headers);

  routes.get("/previews/app.css", async (c) => {
    const css = await readFile(join(root, "public/app.css"), "utf8");
    return c.body(withScheme(css, schemeOf(c.req.query("scheme"))), 200, {
      "Content-Type": "text/css; charset=utf-8",
    });
  });
  routes.get("/previews/previews.css", async (c) => {
    const css = await readFile(join(root, "server/previews/previews.css"), "utf8");
    return c.body(css, 200, { "Content-Type": "text/css; charset=utf-8" });
  });
  routes.get("/previews/previews.js", async (c) =>
    c.body(await bundle("previews"), 200, { "Content-Type": "text/javascript; charset=utf-8" }),
  );

  routes.get("/previews/frames/:name{.+}", async (c) => {
    const preview = find(await list(), c.req.param("name"));
    const state = c.req.query("state") ?? "";
    if (!preview?.states.has(state)) return c.notFound();
    try {
      return c.html(renderFrame(render, preview, state, schemeOf(c.req.query("scheme"))));
    } catch (error) {
      return c.html(errorDocument(render, explainError(error)), 500);
    }
  });

  routes.get("/previews/:name{.+}?", async (c) => {
    const previews = await list();
    const name = c.req.param("name");
    const preview = name ? find(previews, name) : undefined;
    if (name && !preview) return c.notFound();
    const [first = ""] = preview?.states.keys() ?? [];
    const asked = c.req.query("state") ?? first;
    const state = asked === everyState || preview?.states.has(asked) ? asked : first;
    const css = assetHref("app.css");
    return c.html(indexPage(previews, { q: c.req.query("q") ?? "", preview, state, css }));
  });
  return routes;
}

function find(previews: readonly Preview[], name: string): Preview | undefined {
  return previews.find((each) => each.name === name);
}

function schemeOf(asked: string | undefined): Scheme {
  return schemes.find((each) => each === asked) ?? "light";
}
