/** GET /app.css, /app.js, /live-worker.js, /dashboard.js: what the pages load, kept by browsers for as long as it is right. */
import { join } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { assetHref } from "../assets/href.ts";
import type { Env } from "../services.ts";

const publicDir = join(import.meta.dirname, "../../public");
const forEver = "public, max-age=31536000, immutable";

export function assetRoutes(): Hono<Env> {
  const routes = new Hono<Env>();
  const path = "/:file{(app|live-worker|dashboard)\\.(css|js)}";
  routes.use(path, async (c, next) => {
    await next();
    // Behind the answer: a header that `serveStatic` is given in `onFound` comes too late for it.
    if (c.res.ok) c.header("Cache-Control", isCurrent(c.req.query("v")) ? forEver : "no-cache");
  });
  routes.use(path, serveStatic({ root: publicDir }));
  return routes;
}

/**
 * Whether a file is asked for by a version that is served here: while a new release spreads over
 * several machines, one must not hand out its own under the other's name, to be kept for ever.
 */
function isCurrent(version: string | undefined): boolean {
  return ["app.css", "app.js", "dashboard.js"].some(
    (name) => assetHref(name) === `/${name}?v=${version}`,
  );
}
