/** Creates the web application on the database of a test. */
import type { Hono } from "hono";
import { createApp } from "../../server/app.ts";
import type { Backend } from "../../server/backend/backend.ts";
import type { Catalog } from "../../server/catalog.ts";
import { type Config, readConfig } from "../../server/config.ts";
import { createLog } from "../../server/log.ts";
import { createServices, type Env, type Services } from "../../server/services.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import type { Storage } from "../../server/storage/storage.ts";

export interface WebApp {
  app: Hono<Env>;
  services: Services;
  accounts: Services["accounts"];
  close(): void;
}

export interface WebAppOptions {
  /** Environment variables. */
  settings?: Readonly<Record<string, string>>;
  /** Values that an environment variable cannot set. */
  config?: Partial<Config> | undefined;
  /** Default: no kinds. */
  catalog?: Catalog;
  /** Default: the folder of the database. */
  storage?: Storage;
}

export const secret = "a secret of more than 32 characters";

export function createWebApp(
  { backend, dir }: { backend: Backend; dir: string },
  {
    settings,
    config: changes,
    catalog = new Map(),
    storage = createDiskStorage(dir),
  }: WebAppOptions = {},
): WebApp {
  const config = readConfig({
    STORAGE_DIR: dir,
    SECRET: secret,
    NODE_ENV: "production",
    ...settings,
  });
  Object.assign(config, changes);
  const log = createLog("silent", "web");
  const services = createServices({ config, log, backend, catalog, storage, strict: true });
  return {
    app: createApp(services),
    services,
    accounts: services.accounts,
    close: () => services.hub.close(),
  };
}
