import { join } from "node:path";
import { hasDemoAccount } from "../../accounts/demo-account.ts";
import type { Config } from "../../config.ts";

/**
 * Settings of the processes behind the proxy of the scaled demo. The proxy alone listens on `HOST`; where
 * other machines reach it, the processes run in production, which locks the demo account.
 * @param settings of the demo
 * @param folder for its data
 * @param postgresPort of its database
 */
export function scaledEnvironment(
  settings: Pick<Config, "production" | "host" | "publicUrl">,
  folder: string,
  postgresPort: number,
): Record<string, string> {
  return {
    DATABASE_URL: `postgres://headway:headway@127.0.0.1:${postgresPort}/postgres`,
    STORAGE_DIR: join(folder, "files"),
    HOST: "127.0.0.1",
    // The proxy of the demo.
    PROXIES: "1",
    LOG_LEVEL: "info",
    // Unset: their values are meant for another deployment or for a single process.
    DATABASE_LISTEN_URL: "",
    STORAGE_URL: "",
    METRICS_PORT: "",
    ...(hasDemoAccount(settings) ? {} : { NODE_ENV: "production" }),
  };
}
