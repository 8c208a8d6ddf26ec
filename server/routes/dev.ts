/**
 * GET /dev/reload, while developing: a stream that tells open pages to load themselves again, when
 * a template or style changed and, by another name of the process, after it was started anew.
 */
import { watch } from "node:fs";
import { join } from "node:path";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { buildAssets } from "../assets/build.ts";
import type { Env, Services } from "../services.ts";

const folders = ["views", "public"].map((name) => join(import.meta.dirname, "../..", name));
const settleMs = 150;
const name = `${process.pid}-${Date.now()}`;
/** An open page must not keep the process that is to be started anew from ending. */
const stopping = new Promise<void>((resolve) => {
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => resolve());
});

export function devRoutes({ log }: Pick<Services, "log">): Hono<Env> {
  const pages = new Set<() => void>();
  let due: NodeJS.Timeout | undefined;
  let building = false;

  async function reload(): Promise<void> {
    // What is built lands in a folder that is watched.
    building = true;
    await buildAssets({ minify: false, dev: true }).catch((error) => log.error({ err: error }));
    for (const tell of pages) tell();
    setTimeout(() => {
      building = false;
    }, settleMs);
  }

  for (const folder of folders) {
    watch(folder, { recursive: true }, () => {
      if (building) return;
      clearTimeout(due);
      due = setTimeout(reload, settleMs);
    });
  }

  return new Hono<Env>().get("/dev/reload", (c) =>
    streamSSE(c, async (stream) => {
      const tell = () => void stream.writeSSE({ event: "reload", data: name });
      pages.add(tell);
      await stream.writeSSE({ event: "name", data: name });
      const left = new Promise<void>((resolve) => stream.onAbort(resolve));
      await Promise.race([left, stopping]);
      pages.delete(tell);
    }),
  );
}
