/**
 * better-auth on the tables of the application. Only `auth.api` is called, never its router: its
 * origin checks and rate limits, which belong to the router, are done in `guard.ts` and `tries.ts`.
 */
import { betterAuth } from "better-auth";
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../backend/backend.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";

/** Where `auth.api` is told the address of a request; nothing that a client sends gets there. */
export const addressHeader = "x-headway-address";

/** Characters. The longest is what better-auth itself allows. */
export const passwordLength = { min: 8, max: 128 };

const day = 86_400;

export type Auth = ReturnType<typeof createAuth>;

export function createAuth({ backend, config, log }: AuthParts) {
  return betterAuth({
    appName: "Headway",
    baseURL: config.publicUrl ?? `http://localhost:${config.port}`,
    secret: config.secret,
    // Its transaction would hold the database's writer while a password is hashed.
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

/** Browsers send `Secure` cookies over https alone: on a plain office network nobody could sign in. */
export function isSecure(config: Pick<Config, "publicUrl">): boolean {
  return config.publicUrl?.startsWith("https://") ?? false;
}
