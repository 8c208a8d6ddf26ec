/**
 * Configures better-auth on the application's tables. Only `auth.api` is called. The origin checks
 * and rate limits of better-auth belong to its router, which is not mounted: see
 * `protect-forms.ts` and `rate-limit.ts` in `server/routes/middleware`.
 */
import { betterAuth } from "better-auth";
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../backend/backend.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";

/** Passes the client's address to `auth.api`. The value never comes from the client's headers. */
export const addressHeader = "x-headway-address";

/** Characters. 128 is the maximum of better-auth. */
export const passwordLength = { min: 8, max: 128 };

const day = 86_400;

export type Auth = ReturnType<typeof createAuth>;

export function createAuth({ backend, config, log }: AuthParts) {
  return betterAuth({
    appName: "Headway",
    baseURL: config.publicUrl ?? `http://localhost:${config.port}`,
    secret: config.secret,
    // A transaction would lock the database for writers while a password is hashed.
    database: { db: backend.db, type: backend.name, transaction: false },
    user: { modelName: "users" },
    account: { modelName: "credentials" },
    verification: { modelName: "verifications" },
    session: { modelName: "sessions", expiresIn: 30 * day, updateAge: day },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
    },
    advanced: {
      cookiePrefix: "headway",
      useSecureCookies: isSecure(config),
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax" },
      ipAddress: { ipAddressHeaders: [addressHeader], ipv6Subnet: 128 },
      database: { generateId: () => uuidv7() },
    },
    telemetry: { enabled: false },
    logger: {
      level: "error",
      log: (level, message, ...more) => log[level]({ more }, message),
    },
  });
}

export interface AuthParts {
  backend: Pick<Backend, "db" | "name">;
  config: Pick<Config, "publicUrl" | "port" | "secret">;
  log: Log;
}

/** Whether cookies are `Secure`. Browsers drop those over plain http, where nobody could sign in. */
export function isSecure(config: Pick<Config, "publicUrl">): boolean {
  return config.publicUrl?.startsWith("https://") ?? false;
}
