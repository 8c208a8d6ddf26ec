/**
 * In development only. GET /dev/events: an event stream that tells open pages what changed.
 * GET /dev/reload.js: the script that follows it.
 */
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { bundle } from "../assets/build.ts";
import type { PageUpdates } from "../development/page-updates.ts";
import type { Env } from "../services.ts";

const processName = `${process.pid}-${Date.now()}`;
/** Ends the streams, because an open page must not keep a stopping process alive. */
const stopping = new Promise<void>((resolve) => {
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => resolve());
});

export function devRoutes(updates: PageUpdates): Hono<Env> {
  const routes = new Hono<Env>();
  let script: Promise<string> | undefined;

  routes.get("/dev/events", (c) =>
    streamSSE(c, async (stream) => {
      await stream.writeSSE({ event: "process", data: processName });
      const unsubscribe = updates.subscribe((update) => {
        const data = update.type === "problems" ? JSON.stringify(update.problems) : "";
        void stream.writeSSE({ event: update.type, data });
      });
      const closed = new Promise<void>((resolve) => stream.onAbort(resolve));
      await Promise.race([closed, stopping]);
      unsubscribe();
    }),
  );

  routes.get("/dev/reload.js", async (c) => {
    script ??= bundle("dev-reload");
    c.header("Cache-Control", "no-cache");
    return c.body(await script, 200, { "Content-Type": "text/javascript; charset=utf-8" });
  });
  return routes;
}
