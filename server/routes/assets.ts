/** GET /app.css, /app.js and the other files that `build.ts` makes: styles and scripts, cached by browsers. */
import { join } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { assetHref } from "../assets/href.ts";
import type { Env } from "../services.ts";

const publicDir = join(import.meta.dirname, "../../public");
const immutable = "public, max-age=31536000, immutable";

export function assetRoutes(): Hono<Env> {
  const routes = new Hono<Env>();
  const path = "/:file{(app|live-worker|dashboard|job-form|upload|passkeys)\\.(css|js)}";
  routes.use(path, async (c, next) => {
    await next();
    // Set after the response exists: `onFound` of `serveStatic` is called too late for headers.
    if (c.res.ok) c.header("Cache-Control", isCurrent(c.req.query("v")) ? immutable : "no-cache");
  });
  routes.use(path, serveStatic({ root: publicDir }));
  return routes;
}

/**
 * Whether the request names the version that this process serves. During a deploy another machine's
 * page may ask for a newer file, and an older one must not be cached under that name.
 */
function isCurrent(version: string | undefined): boolean {
  return ["app.css", "app.js", "dashboard.js", "job-form.js", "upload.js", "passkeys.js"].some(
    (name) => assetHref(name) === `/${name}?v=${version}`,
  );
}
