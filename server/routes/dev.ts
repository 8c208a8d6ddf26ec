/**
 * GET /dev/reload, in development only: an event stream that makes open pages reload when a template
 * or style changes, and after the process restarts, which changes its name.
 */
import { watch } from "node:fs";
import { join } from "node:path";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { buildAssets } from "../assets/build.ts";
import { clearAssetHrefs } from "../assets/href.ts";
import type { Env, Services } from "../services.ts";

const folders = ["views", "public/scripts"].map((name) => join(import.meta.dirname, "../..", name));
const settleMs = 150;
const name = `${process.pid}-${Date.now()}`;
/** Ends the streams, because an open page must not keep a restarting process alive. */
const stopping = new Promise<void>((resolve) => {
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => resolve());
});

export function devRoutes({ log }: Pick<Services, "log">): Hono<Env> {
  const listeners = new Set<() => void>();
  let due: NodeJS.Timeout | undefined;
  let building: Promise<void> = Promise.resolve();

  async function reload(): Promise<void> {
    await buildAssets({ minify: false, dev: true }).catch((error) => log.error({ err: error }));
    clearAssetHrefs();
    for (const notify of listeners) notify();
  }

  for (const folder of folders) {
    watch(folder, { recursive: true }, () => {
      clearTimeout(due);
      due = setTimeout(() => {
        building = building.then(reload);
      }, settleMs);
    });
  }

  return new Hono<Env>().get("/dev/reload", (c) =>
    streamSSE(c, async (stream) => {
      const notify = () => void stream.writeSSE({ event: "reload", data: name });
      listeners.add(notify);
      await stream.writeSSE({ event: "name", data: name });
      const closed = new Promise<void>((resolve) => stream.onAbort(resolve));
      await Promise.race([closed, stopping]);
      listeners.delete(notify);
    }),
  );
}
