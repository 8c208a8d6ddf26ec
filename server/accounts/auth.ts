/**
 * Configures better-auth on the application's tables. Only `auth.api` is called. The origin checks
 * and rate limits of better-auth belong to its router, which is not mounted: see
 * `protect-forms.ts` and `limit-sign-ins.ts` in `server/routes/middleware`.
 */
import { type BetterAuthOptions, betterAuth } from "better-auth";
import { twoFactor } from "better-auth/plugins/two-factor";
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../backend/backend.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { hostCookie, isSecure } from "./cookies.ts";
import { passwordLength } from "./password-rules.ts";

/** Passes the client's address to `auth.api`. The value never comes from the client's headers. */
export const addressHeader = "x-headway-address";

/** The cookie that ties a passkey's challenge to a browser, without prefixes. */
export const challengeCookie = "passkey";

const day = 86_400;

export type Auth = ReturnType<typeof createAuth>;

/** Without passkeys: see `passkey-auth.ts`. */
export function createAuth(parts: AuthParts) {
  return betterAuth({ ...authOptions(parts), plugins: [twoFactorPlugin()] });
}

export function twoFactorPlugin() {
  return twoFactor({ issuer: "Headway", twoFactorTable: "two_factors" });
}

export function authOptions({ backend, config, log }: AuthParts) {
  return {
    appName: "Headway",
    baseURL: config.publicUrl ?? `http://localhost:${config.port}`,
    secret: config.secret,
    // A transaction would lock the database for writers while a password is hashed.
    database: { db: backend.db, type: backend.name, transaction: false },
    user: { modelName: "users" },
    account: { modelName: "credentials" },
    verification: { modelName: "verifications" },
    // `freshAge: 0`: routes ask for the password instead where a session alone must not suffice.
    session: { modelName: "sessions", expiresIn: 30 * day, updateAge: day, freshAge: 0 },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
    },
    advanced: {
      cookiePrefix: hostCookie("headway", config),
      // Would put `__Secure-` in front of the prefix, which lets a sister site set the cookie.
      useSecureCookies: false,
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax", secure: isSecure(config) },
      ipAddress: { ipAddressHeaders: [addressHeader], ipv6Subnet: 128 },
      database: { generateId: () => uuidv7() },
    },
    telemetry: { enabled: false },
    logger: {
      level: "error",
      log: (level, message, ...more) => log[level]({ more }, message),
    },
  } satisfies BetterAuthOptions;
}

export interface AuthParts {
  backend: Pick<Backend, "db" | "name">;
  config: Pick<Config, "publicUrl" | "port" | "secret">;
  log: Log;
}
