/** Starts and stops the web server. */
import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import { demoAccount, hasDemoAccount } from "./accounts/demo-account.ts";
import { sharedSecret } from "./accounts/shared-secret.ts";
import { createApp, type DevRoutes } from "./app.ts";
import type { Config } from "./config.ts";
import { watchWorkers } from "./engine/worker-watch.ts";
import type { ProcessParts } from "./entry-point.ts";
import { describeListener } from "./find-listener.ts";
import { logJobActivity } from "./log-job-activity.ts";
import { startMetrics } from "./metrics/start-metrics.ts";
import { createServices, type Services } from "./services.ts";
import { cannotListen, exitOnFailure, warnWithoutHttps } from "./startup.ts";
import { prepareStorage } from "./storage/open-storage.ts";
import { deleteWebAddress, saveWebAddress } from "./web-address.ts";

/** Connections that are open this long after a stop are closed. */
const drainMs = 5_000;
/** How often node:http looks for connections whose headers are late. */
const timeoutCheckMs = 2_000;

export interface Web {
  /** The public address. */
  url: string;
  /** Ends the streams first, and asks their browsers to reconnect at different times. */
  stop(): Promise<void>;
}

/**
 * Exits the process with a message of one line if the port or the file storage cannot be used.
 * @param devRoutes pages that only development has
 */
export async function startWeb(parts: ProcessParts, devRoutes?: DevRoutes): Promise<Web> {
  const { backend, catalog, log } = parts;
  const secret = await exitOnFailure(sharedSecret(parts), "it has no secret to sign with");
  const config = { ...parts.config, secret };
  const storage = await exitOnFailure(prepareStorage(config), "the file storage cannot be used");
  const workers = watchWorkers({ backend, log });
  const isWorkerMissing = () => workers.isMissing;
  const services = createServices({ config, log, backend, catalog, storage, isWorkerMissing });
  const { hub, streams } = services;
  const recordMetric = await exitOnFailure(
    startMetrics({ role: "web", config, backend, live: { hub, streams } }),
    `metrics cannot be served on ${config.metricsHost}:${config.metricsPort}`,
  );
  backend.lifecycle.subscribe((event) => {
    logJobActivity(log, { type: "lifecycle", event });
    recordMetric({ type: "lifecycle", event });
  });
  await warnOfLockedDemo(services);
  const app = createApp(services, devRoutes);
  const { host } = config;
  const server = await exitOnFailure(
    listen(app.fetch, config),
    `${cannotListen} ${host}:${config.port}`,
  );
  warnWithoutHttps(config, log);
  const { port } = server.address() as { port: number };
  const url = config.publicUrl ?? `http://${host.replace("127.0.0.1", "localhost")}:${port}`;
  saveWebAddress(config.storageDir, url);
  log.info({ url }, "web ready");
  return {
    url,
    async stop() {
      deleteWebAddress(config.storageDir);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      streams.endAll();
      // `close` waits for idle connections, which browsers keep open for their next request.
      const idle = setInterval(() => server.closeIdleConnections(), 100);
      const late = setTimeout(() => server.closeAllConnections(), drainMs);
      await closed;
      clearInterval(idle);
      clearTimeout(late);
      hub.close();
      workers.stop();
    },
  };
}

/** An earlier start on a developer's machine may have created it in the same database. */
async function warnOfLockedDemo({ accounts, config, log }: Services): Promise<void> {
  if (hasDemoAccount(config) || !(await accounts.findUser(demoAccount.email))) return;
  log.warn(`nobody can sign in as ${demoAccount.email}: the password of this account is published`);
}

function listen(fetch: Parameters<typeof serve>[0]["fetch"], config: Config): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({
      fetch,
      port: config.port,
      hostname: config.host,
      serverOptions: {
        // Counts from the first byte of an upload too. `bodyTimeout` limits bodies instead.
        requestTimeout: 0,
        // Also closes a connection on which no byte ever arrives. The default would be that of
        // `requestTimeout`: none.
        headersTimeout: config.headersTimeoutMs,
        connectionsCheckingInterval: timeoutCheckMs,
      },
    }) as Server;
    server.once("error", async (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      const user = await describeListener(config.port);
      const other = `PORT=${config.port + (config.port < 65_535 ? 1 : -1)}`;
      reject(new Error(`${user} uses the port. Stop it, or set another one: ${other}`));
    });
    server.once("listening", () => resolve(server));
  });
}
