/**
 * GET /dev/reload, while developing: a stream that tells open pages to load themselves again, when
 * a template or style changed and, by another name of the process, after it was started anew.
 */
import { watch } from "node:fs";
import { join } from "node:path";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { buildAssets } from "../assets/build.ts";
import { lookAgain } from "../assets/href.ts";
import type { Env, Services } from "../services.ts";

const folders = ["views", "public/scripts"].map((name) => join(import.meta.dirname, "../..", name));
const settleMs = 150;
const name = `${process.pid}-${Date.now()}`;
/** An open page must not keep the process that is to be started anew from ending. */
const stopping = new Promise<void>((resolve) => {
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => resolve());
});

export function devRoutes({ log }: Pick<Services, "log">): Hono<Env> {
  const pages = new Set<() => void>();
  let due: NodeJS.Timeout | undefined;
  let building: Promise<void> = Promise.resolve();

  async function reload(): Promise<void> {
    await buildAssets({ minify: false, dev: true }).catch((error) => log.error({ err: error }));
    lookAgain();
    for (const tell of pages) tell();
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
      const tell = () => void stream.writeSSE({ event: "reload", data: name });
      pages.add(tell);
      await stream.writeSSE({ event: "name", data: name });
      const left = new Promise<void>((resolve) => stream.onAbort(resolve));
      await Promise.race([left, stopping]);
      pages.delete(tell);
    }),
  );
}
