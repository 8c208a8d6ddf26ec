/** The web application on a test's database: the one way in which tests build it. */
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
  /** Values that no environment variable can have. */
  config?: Partial<Config>;
  /** By default there are no kinds of jobs. */
  catalog?: Catalog;
  /** By default the database's folder. */
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
