/** The web server: its parts put together, started and stopped. */
import type { Server } from "node:http";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { createAccounts } from "./accounts/accounts.ts";
import { sharedSecret } from "./accounts/shared-secret.ts";
import { createApp } from "./app.ts";
import type { Backend } from "./backend/backend.ts";
import type { Catalog } from "./catalog.ts";
import type { Config } from "./config.ts";
import { logLife } from "./life-log.ts";
import { createFrames } from "./live/frames.ts";
import { createHub } from "./live/hub.ts";
import { createJobReader } from "./live/job-reader.ts";
import type { Log } from "./log.ts";
import { startFigures } from "./metrics/figures.ts";
import { orExitWith } from "./process.ts";
import { createRenderer } from "./render.ts";
import { prepareStorage } from "./storage/open.ts";
import { createPreviews } from "./storage/previews.ts";

/** After this, connections that did not end by themselves are cut. */
const drainMs = 5_000;

export interface Web {
  /** Where people reach it. */
  url: string;
  /** Ends streams with a spread invitation to come back, then everything else. */
  stop(): Promise<void>;
}

/** Exits with one clear line where it cannot listen, or has no place for files. */
export async function startWeb(parts: {
  config: Config;
  backend: Backend;
  catalog: Catalog;
  log: Log;
}): Promise<Web> {
  const { backend, catalog, log } = parts;
  const secret = await orExitWith(sharedSecret(parts), "it has no secret to sign with");
  const config = { ...parts.config, secret };
  const render = createRenderer({
    viewsDir: join(import.meta.dirname, "../views"),
    strict: !config.production,
    cache: config.production,
  });
  const storage = await orExitWith(prepareStorage(config), "files cannot be kept");
  const previews = createPreviews(storage);
  const reader = createJobReader({ backend, previews });
  const hub = createHub({
    backend,
    reader,
    log,
    frames: createFrames({ catalog, render, reader }),
  });
  const observe = await orExitWith(
    startFigures({ role: "web", config, backend, hub }),
    `it cannot serve its figures on ${config.host}:${config.metricsPort}`,
  );
  backend.life.subscribe((event) => {
    logLife(log, { what: "life", event });
    observe({ what: "life", event });
  });
  const accounts = createAccounts({ backend, config, log });
  accounts.onSessionEnd((id) => hub.endSession(id));
  const app = createApp({
    config,
    log,
    backend,
    catalog,
    accounts,
    storage,
    previews,
    render,
    hub,
  });

  const { host } = config;
  const server = await orExitWith(
    listen(app.fetch, config),
    `it cannot listen on ${host}:${config.port}`,
  );
  const { port } = server.address() as { port: number };
  const url = config.publicUrl ?? `http://${host.replace("127.0.0.1", "localhost")}:${port}`;
  log.info({ url }, "web ready");
  return {
    url,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      hub.endAll("shutdown");
      // A connection whose last answer has just gone out would be kept for the browser's next wish.
      const idle = setInterval(() => server.closeIdleConnections(), 100);
      const late = setTimeout(() => server.closeAllConnections(), drainMs);
      await closed;
      clearInterval(idle);
      clearTimeout(late);
      hub.close();
    },
  };
}

function listen(fetch: Parameters<typeof serve>[0]["fetch"], config: Config): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({
      fetch,
      port: config.port,
      hostname: config.host,
      // Node cuts a request after five minutes, which a large upload on a slow line may take.
      serverOptions: { requestTimeout: 0 },
    }) as Server;
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(taken ? new Error("the port is in use; set PORT to another one") : error);
    });
    server.once("listening", () => resolve(server));
  });
}
