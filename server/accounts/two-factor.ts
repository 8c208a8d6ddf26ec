/**
 * Two-factor authentication by codes of an authenticator app (TOTP, RFC 6238) and recovery codes, in
 * the plug-in of better-auth. It encrypts the secret and the codes, allows five tries for a sign-in,
 * and locks the second factor of a user for 15 minutes after ten wrong codes in a row.
 */
import { parse } from "hono/utils/cookie";
import type { Backend } from "../backend/backend.ts";
import type { Auth } from "./auth.ts";
import { hasErrorCode, rethrowCause } from "./auth-error.ts";
import { type ClientRequest, passOn } from "./client-request.ts";
import type { User } from "./users.ts";

export interface TwoFactorStatus {
  isEnabled: boolean;
  /** 0 while it is not enabled. */
  recoveryCodes: number;
}

export type CodeResult =
  | { outcome: "signed in"; user: User; cookies: string[]; method: "code" | "recovery code" }
  /** `userId` is null if the sign-in ended in between. */
  | { outcome: "wrong code"; userId: string | null }
  /** The sign-in took more than ten minutes or five codes: it must begin again. */
  | { outcome: "expired" }
  | { outcome: "locked" };

export interface TwoFactor {
  getStatus(userId: string): Promise<TwoFactorStatus>;
  /**
   * Creates a secret, which becomes effective when `confirm` gets a code of it.
   * @returns an address `otpauth://…` for the authenticator app, or null if the password is wrong
   */
  begin(request: ClientRequest, password: string): Promise<string | null>;
  /**
   * Turns two-factor authentication on. The browser gets a new session.
   * @returns null if the code is wrong, or if it is on already: nobody can then guess a code here,
   *   where better-auth does not count
   */
  confirm(
    person: { userId: string; sessionId: string | null },
    request: ClientRequest,
    code: string,
  ): Promise<{ cookies: string[]; recoveryCodes: string[] } | null>;
  /** Replaces the recovery codes. @returns null if the password is wrong */
  createRecoveryCodes(request: ClientRequest, password: string): Promise<string[] | null>;
  /** The browser gets a new session. @returns null if the password is wrong */
  disable(
    person: { sessionId: string | null },
    request: ClientRequest,
    password: string,
  ): Promise<{ cookies: string[] } | null>;
  /** Completes a sign-in whose password was right. @param code of the app, or a recovery code */
  signIn(request: ClientRequest, code: string): Promise<CodeResult>;
}

/** A row of better-auth's table. The columns of the last use are ours. */
type TwoFactorTables = {
  two_factors: {
    userId: string;
    verified: number | boolean;
    last_used_code: string | null;
    last_used_at: number | null;
  };
  verifications: { identifier: string; value: string };
  sessions: { token: string };
};

/** better-auth accepts the code of the 30 s before and after the current ones too. */
const codeLifetimeMs = 90_000;

const wrongPassword = ["INVALID_PASSWORD", "PASSWORD_TOO_LONG"];
const wrongCode = ["INVALID_CODE", "INVALID_BACKUP_CODE"];
const expired = ["INVALID_TWO_FACTOR_COOKIE", "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE"];
const off = ["TOTP_NOT_ENABLED", "BACKUP_CODES_NOT_ENABLED"];

/** @param announceEnd gets the id of each session that a new one replaces */
export function createTwoFactor(parts: {
  auth: Auth;
  backend: Pick<Backend, "db" | "now">;
  announceEnd: (sessionId: string) => Promise<void>;
}): TwoFactor {
  const { auth, announceEnd } = parts;
  const { backend } = parts;
  const tables = backend.db.withTables<TwoFactorTables>();
  const withSession = (request: ClientRequest) => passOn(auth, request, ["session_token"]);

  async function recoveryCodesOf(userId: string): Promise<string[]> {
    return (await auth.api.viewBackupCodes({ body: { userId } })).backupCodes;
  }

  async function isEnabledFor(userId: string): Promise<boolean> {
    const row = await tables
      .selectFrom("two_factors")
      .select("verified")
      .where("userId", "=", userId)
      .executeTakeFirst();
    return Boolean(row?.verified);
  }

  /** The person who signs in, by the cookie that better-auth has checked. */
  async function userOfSignIn(headers: Headers): Promise<string | null> {
    const { createAuthCookie } = await auth.$context;
    const { name } = createAuthCookie("two_factor");
    const cookie = parse(headers.get("cookie") ?? "", name)[name] ?? "";
    const row = await tables
      .selectFrom("verifications")
      .select("value")
      .where("identifier", "=", cookie.slice(0, cookie.lastIndexOf(".")))
      .executeTakeFirst();
    return row?.value ?? null;
  }

  /**
   * A code works once (RFC 6238, 5.2), which better-auth does not check.
   * @returns false if the code was used within the time in which it is valid
   */
  async function useCode(userId: string, code: string): Promise<boolean> {
    const at = backend.now();
    const { numUpdatedRows } = await tables
      .updateTable("two_factors")
      .set({ last_used_code: code, last_used_at: at })
      .where("userId", "=", userId)
      .where(({ or, eb }) =>
        or([
          eb("last_used_at", "is", null),
          eb("last_used_at", "<=", at - codeLifetimeMs),
          eb("last_used_code", "!=", code),
        ]),
      )
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async function deleteSessionByToken(token: string): Promise<void> {
    await tables.deleteFrom("sessions").where("token", "=", token).execute();
  }

  return {
    async getStatus(userId) {
      const isEnabled = await isEnabledFor(userId);
      return { isEnabled, recoveryCodes: isEnabled ? (await recoveryCodesOf(userId)).length : 0 };
    },

    async begin(request, password) {
      const headers = await withSession(request);
      const begun = await auth.api
        .enableTwoFactor({ body: { password, method: "totp" }, headers })
        .catch(nullFor(wrongPassword));
      return begun && "totpURI" in begun ? begun.totpURI : null;
    },

    async confirm({ userId, sessionId }, request, code) {
      if (await isEnabledFor(userId)) return null;
      const confirmed = await auth.api
        .verifyTOTP({
          body: { code: digitsOf(code) },
          headers: await withSession(request),
          returnHeaders: true,
        })
        .catch(nullFor([...wrongCode, ...off]));
      if (!confirmed) return null;
      if (sessionId) await announceEnd(sessionId);
      const recoveryCodes = await recoveryCodesOf(confirmed.response.user.id);
      return { cookies: confirmed.headers.getSetCookie(), recoveryCodes };
    },

    async createRecoveryCodes(request, password) {
      const headers = await withSession(request);
      const created = await auth.api
        .generateBackupCodes({ body: { password }, headers })
        .catch(nullFor(wrongPassword));
      return created?.backupCodes ?? null;
    },

    async disable({ sessionId }, request, password) {
      const headers = await withSession(request);
      const disabled = await auth.api
        .disableTwoFactor({ body: { password }, headers, returnHeaders: true })
        .catch(nullFor(wrongPassword));
      if (!disabled) return null;
      if (sessionId) await announceEnd(sessionId);
      return { cookies: disabled.headers.getSetCookie() };
    },

    async signIn(request, code) {
      // Without the session cookie: a session would make it a check of that person's code.
      const headers = await passOn(auth, request, ["two_factor"]);
      const digits = digitsOf(code);
      const isCode = /^\d{6}$/.test(digits);
      const options = { headers, returnHeaders: true } as const;
      try {
        const answer = isCode
          ? await auth.api.verifyTOTP({ body: { code: digits }, ...options })
          : await auth.api.verifyBackupCode({ body: { code: code.trim() }, ...options });
        const user = answer.response.user as User;
        if (isCode && !(await useCode(user.id, digits))) {
          await deleteSessionByToken(answer.response.token ?? "");
          return { outcome: "expired" };
        }
        const method = isCode ? "code" : "recovery code";
        return { outcome: "signed in", user, cookies: answer.headers.getSetCookie(), method };
      } catch (error) {
        if (hasErrorCode(error, wrongCode))
          return { outcome: "wrong code", userId: await userOfSignIn(headers) };
        if (hasErrorCode(error, [...expired, ...off])) return { outcome: "expired" };
        if (hasErrorCode(error, ["ACCOUNT_TEMPORARILY_LOCKED"])) return { outcome: "locked" };
        return rethrowCause(error);
      }
    },
  };
}

/** Apps show codes as "123 456". */
function digitsOf(code: string): string {
  return code.replaceAll(/\s/g, "");
}

/** For `.catch()`: these errors of better-auth become null. */
function nullFor(codes: readonly string[]): (error: unknown) => null {
  return (error) => (hasErrorCode(error, codes) ? null : rethrowCause(error));
}
